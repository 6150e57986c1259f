/** Elements of the page. Text enters an element as a text node only. */

type Value = string | number | boolean | null | undefined | ((event: never) => unknown);
type Child = Node | string | null | undefined | false;

/** An element. Attributes: "on…" names a listener, "--…" a property of its style; false and null leave one out. */
export function el<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Record<string, Value> = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name.slice(2), value as unknown as EventListener);
    else if (value === false || value === null || value === undefined) continue;
    else if (name.startsWith("--")) node.style.setProperty(name, String(value));
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.filter((child): child is Node | string => child !== null && child !== undefined && child !== false && child !== ""));
  return node;
}

export const button = (attributes: Record<string, Value>, ...children: Child[]): HTMLButtonElement =>
  el("button", { type: "button", ...attributes }, ...children);

export const svg = (tag: string, attributes: Record<string, string | number>): SVGElement => {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  return node;
};

const isWeb = (url: string): boolean => {
  try {
    return ["http:", "https:"].includes(new URL(url).protocol);
  } catch {
    return false;
  }
};

/** A link if the address is one of the web, else the words alone. */
export const link = (url: string, words: string): HTMLElement =>
  isWeb(url)
    ? el("a", { href: url, target: "_blank", rel: "noopener noreferrer", dir: "auto" }, words)
    : el("span", { dir: "auto" }, words);

/** Calls once the calls have paused for so many milliseconds. */
export function later<Values extends unknown[]>(pause: number, act: (...values: Values) => void): (...values: Values) => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => act(...values), pause);
  };
}

const channels = (color: string): number[] => [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));

/** How bright a color ("#rrggbb") is, 0..1. */
const brightness = (color: string): number => {
  const [r, g, b] = channels(color).map((value) => (value / 255) ** 2.2);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};

/** Black or white, whichever reads better on the color. */
export const inkOn = (color: string): string => (brightness(color) > 0.36 ? "#16191d" : "#ffffff");

/** The color, lightened or darkened as far as letters in it need on the ground: a contrast of 4.6 to 1 (WCAG 2 AA: 4.5). */
export const legible = (color: string, ground: string): string => {
  const toward = brightness(ground) > 0.2 ? 0 : 255;
  const contrast = (one: string) => {
    const [low, high] = [brightness(one), brightness(ground)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  let mixed = color;
  for (let share = 0; share <= 1 && contrast(mixed) < 4.6; share += 0.05)
    mixed = `#${channels(color).map((v) => Math.round(v + (toward - v) * share).toString(16).padStart(2, "0")).join("")}`; // prettier-ignore
  return mixed;
};

/** Whether the reader's fonts hold a sign: one that they lack looks like a code point that no font has. */
const drawable = (() => {
  let nothing: string | undefined;
  let context: CanvasRenderingContext2D | null | undefined;
  return (text: string): boolean => {
    context ??= el("canvas", { width: 24, height: 24 }).getContext("2d", { willReadFrequently: true });
    if (!context) return true;
    const brush = context;
    const pixels = (sign: string) => {
      brush.clearRect(0, 0, 24, 24);
      brush.font = "16px system-ui, sans-serif";
      brush.fillText(sign, 2, 18);
      return brush.getImageData(0, 0, 24, 24).data.join();
    };
    nothing ??= pixels("\u{10FFFF}");
    return pixels([...text][0]) !== nothing;
  };
})();

const signs = new Map<string, string>();

/** A layer's icon, or its initials where the reader has no font for it. */
export const signOf = ({ icon, title }: { icon: string; title: string }): string => {
  const key = `${icon}|${title}`;
  let sign = signs.get(key);
  if (sign === undefined) {
    const initials = title.split(/\s+/).map((word) => [...word][0] ?? "");
    sign = icon && drawable(icon) ? icon : initials.join("").slice(0, 2).toUpperCase();
    signs.set(key, sign);
  }
  return sign;
};

/** An incident's mark: colored as its layer, drawn as its status, square where only an area is known. */
export const pin = (color: string, sign: string, status = "reported", area = false, faint = false): HTMLElement => {
  const shape = `gm-pin gm-${status}${area ? " gm-square" : ""}${faint ? " gm-faint" : ""}`;
  const picture = el("span", { class: /^[ -~]*$/.test(sign) ? "" : "gm-emoji" }, sign);
  return el("span", { class: shape, "--color": color, "--ink": inkOn(color), "aria-hidden": "true" }, picture);
};
