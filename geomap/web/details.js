/* What the page says of one incident, from the words that render.py packed. */
"use strict";

const gmDetails = (() => {
  const { el, button, link, number, plural } = gmElements;

  const quoteOf = ({ text, mark, publisher, url }) => {
    const letters = [...text]; // offsets count characters, not UTF-16 units
    const part = (a, b) => letters.slice(a, b).join("");
    const words = mark ? [part(0, mark[0]), el("mark", {}, part(...mark)), part(mark[1])] : [text];
    return el("blockquote", {}, el("p", { dir: "auto" }, ...words), publisher ? el("footer", {}, link(url, publisher)) : "");
  };

  const sourcesOf = ({ sources, more }) => {
    if (!sources.length) return "";
    const items = sources.map(({ publisher, title, url, published }) => {
      const from = [title ? publisher : "", published].filter(Boolean).join(", ");
      return el("li", {}, link(url, title || publisher), el("small", { dir: "auto" }, from));
    });
    if (more) items.push(el("li", {}, `and ${number(more)} more`));
    const count = sources.length + more;
    const list = el("ul", {}, ...items);
    return el("details", { class: "gm-sources", open: count <= 3 }, el("summary", {}, plural(count, "source")), list);
  };

  /* An element with all of it; `mark` is the incident's pin, `back` what a button back to a list does. */
  const build = (text, id, layer, mark, back) =>
    el(
      "article",
      { class: "gm-details", "data-id": id },
      back ? button({ class: "gm-back", onclick: back }, "‹ Back to the list") : "",
      el("p", { class: "gm-kicker" }, mark, el("span", {}, layer.title), el("span", { class: "gm-when" }, text.when)),
      el("h2", { dir: "auto" }, text.title),
      el("dl", {}, ...text.facts.flatMap(([label, value]) => [el("dt", {}, label), el("dd", { dir: "auto" }, value)])),
      ...text.quotes.map(quoteOf),
      sourcesOf(text),
    );

  return { build };
})();
