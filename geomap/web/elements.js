/* What the page's parts have in common: elements, words, and unpacking. Text enters an element as a text node only. */
"use strict";

/* folium's popups ask jQuery for one thing: the element of a piece of folium's own markup. */
window.$ ??= (markup) => {
  const template = document.createElement("template");
  template.innerHTML = markup.trim();
  return [...template.content.children];
};

const gmElements = (() => {
  /* An element. Attributes: "on…" names a listener, "--…" a property of its style; false and null leave one out. */
  const el = (tag, attributes = {}, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else if (name.startsWith("--")) node.style.setProperty(name, value);
      else if (value === true) node.setAttribute(name, "");
      else if (value !== false && value !== null) node.setAttribute(name, value);
    }
    node.append(...children.filter((child) => child !== null && child !== ""));
    return node;
  };
  const button = (attributes, ...children) => el("button", { type: "button", ...attributes }, ...children);

  const svg = (tag, attributes) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    return node;
  };

  /* A link if the address is one of the web, else the words alone. */
  const link = (url, words) => {
    const web = URL.canParse?.(url) ?? /^https?:\/\//i.test(url);
    if (web && ["http:", "https:"].includes(new URL(url).protocol))
      return el("a", { href: url, target: "_blank", rel: "noopener noreferrer", dir: "auto" }, words);
    return el("span", { dir: "auto" }, words);
  };

  /* What render.py packed under a name: JSON, deflated, in base64. */
  const unpack = async (name) => {
    const packed = document.getElementById(`geomap-${name}`).textContent;
    const bytes = Uint8Array.from(atob(packed), (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return JSON.parse(await new Response(stream).text());
  };

  /* Calls once the calls have paused. */
  const later = (milliseconds, act) => {
    let timer;
    return (...values) => {
      clearTimeout(timer);
      timer = setTimeout(() => act(...values), milliseconds);
    };
  };

  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const number = (n) => n.toLocaleString("en");
  const plural = (n, one) => `${number(n)} ${one}${n === 1 ? "" : "s"}`;

  /* Days are counted from 1970-01-01. */
  const isoDay = (day) => new Date(day * 864e5).toISOString().slice(0, 10);
  const dayWords = (day) =>
    new Date(day * 864e5).toLocaleDateString("en-GB", { timeZone: "UTC", day: "numeric", month: "short", year: "numeric" });

  /* Black or white, whichever reads better on the color. */
  const ink = (color) => {
    const [r, g, b] = [1, 3, 5].map((at) => (parseInt(color.slice(at, at + 2), 16) / 255) ** 2.2);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.36 ? "#16191d" : "#ffffff";
  };

  /* Whether the reader's fonts hold a sign: one that they lack looks like a code point that no font has. */
  const drawable = (() => {
    const context = el("canvas", { width: 24, height: 24 }).getContext("2d", { willReadFrequently: true });
    const pixels = (text) => {
      context.clearRect(0, 0, 24, 24);
      context.font = "16px system-ui, sans-serif";
      context.fillText(text, 2, 18);
      return context.getImageData(0, 0, 24, 24).data.join();
    };
    const nothing = pixels("\u{10FFFF}");
    return (text) => pixels([...text][0]) !== nothing;
  })();

  /* A layer's icon, or its initials where the reader has no font for it. */
  const signOf = ({ icon, title }) => {
    if (icon && drawable(icon)) return icon;
    return title.split(/\s+/).map((word) => [...word][0] ?? "").join("").slice(0, 2).toUpperCase();
  };

  /* An incident's mark: colored as its layer, drawn as its status, square where only an area is known. */
  const pin = ({ color, sign }, status = "reported", area = false, faint = false) => {
    const shape = `gm-pin gm-${status}${area ? " gm-square" : ""}${faint ? " gm-faint" : ""}`;
    const picture = el("span", { class: /^[ -~]*$/.test(sign) ? "" : "gm-emoji" }, sign);
    return el("span", { class: shape, "--color": color, "--ink": ink(color), "aria-hidden": "true" }, picture);
  };

  return { el, button, svg, link, unpack, later, fold, number, plural, isoDay, dayWords, signOf, pin };
})();
