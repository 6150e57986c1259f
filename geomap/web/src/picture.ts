/** The map as a picture, with its title, what is shown, and its sources. */

import { toCanvas } from "html-to-image";

const HEAD = 54; // pixels
const FOOT = 26;

/** Gives a PNG of the map as it stands on the screen. Rejects where the browser can't draw one. */
export async function pictureOf(map: HTMLElement, title: string, shown: string, sources: string): Promise<Blob> {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string) => style.getPropertyValue(name).trim();
  const scale = Math.max(2, window.devicePixelRatio);
  const body = await toCanvas(map, {
    pixelRatio: scale,
    skipFonts: true,
    backgroundColor: color("--sea"),
    filter: (node: HTMLElement) => !(node.classList as DOMTokenList | undefined)?.contains("leaflet-control-container"),
  });
  const canvas = document.createElement("canvas");
  canvas.width = body.width;
  canvas.height = body.height + (HEAD + FOOT) * scale;
  const context = canvas.getContext("2d");
  if (!context) throw new Error("no canvas");
  context.fillStyle = color("--panel");
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(body, 0, HEAD * scale);
  context.scale(scale, scale);
  const width = canvas.width / scale;
  const family = getComputedStyle(document.body).fontFamily;
  const rtl = document.documentElement.dir === "rtl";
  context.direction = rtl ? "rtl" : "ltr";
  context.textAlign = "start";
  const start = rtl ? width - 16 : 16;
  const write = (words: string, y: number, size: number, weight: number, ink: string) => {
    context.font = `${weight} ${size}px ${family}`;
    context.fillStyle = ink;
    context.fillText(words, start, y, width - 32);
  };
  write(title, 24, 17, 650, color("--text"));
  write(shown, 43, 12.5, 400, color("--muted"));
  write(sources, HEAD + body.height / scale + 17, 11.5, 400, color("--muted"));
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png"),
  );
}
