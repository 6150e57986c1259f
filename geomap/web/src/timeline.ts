/** The dates: bars by day, week, month or year, two handles, two fields, and a button that plays. */

import { binsOf, toDay, toIso, type Bin, type Unit } from "./dates.ts";
import { button, el, svg } from "./elements.ts";
import type { Store } from "./store.ts";
import { dayWords, number, t, type Key } from "./strings.ts";

const STEP = 450; // milliseconds a step of play
const WINDOW = 12; // play shows this part of the whole at a time
const UNITS: Record<Unit, Key> = { day: "unitDay", week: "unitWeek", month: "unitMonth", year: "unitYear" };

export class Timeline {
  readonly node: HTMLElement;
  private readonly store: Store;
  private readonly change: (from: number, to: number, final: boolean) => void;
  private readonly bars = svg("svg", { viewBox: "0 0 100 30", preserveAspectRatio: "none", "aria-hidden": "true" });
  private readonly fields: [HTMLInputElement, HTMLInputElement];
  private readonly handles: [HTMLInputElement, HTMLInputElement];
  private readonly play: HTMLButtonElement;
  private readonly note = el("span", { class: "gm-undated" });
  private bins: Bin[] = [];
  private from: number;
  private to: number;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(store: Store, change: (from: number, to: number, final: boolean) => void) {
    this.store = store;
    this.change = change;
    const { firstDay, lastDay } = store;
    [this.from, this.to] = [firstDay, lastDay];
    const field = (label: string, n: number) =>
      el("input", {
        type: "date", min: toIso(firstDay), max: toIso(lastDay), "aria-label": label,
        onchange: ({ target }: { target: HTMLInputElement }) => {
          const given = toDay(target.value) ?? (n ? lastDay : firstDay);
          const day = Math.min(lastDay, Math.max(firstDay, given));
          this.choose(n ? this.from : day, n ? day : this.to, true);
        },
      }); // prettier-ignore
    const handle = (label: string) => {
      const values = () => this.handles.map((one) => Number(one.value)) as [number, number];
      return el("input", {
        type: "range", min: firstDay, max: Math.max(firstDay, lastDay), "aria-label": label,
        oninput: () => this.choose(...values(), false),
        onchange: () => this.choose(...values(), true),
      }); // prettier-ignore
    };
    this.fields = [field(t("datesFrom"), 0), field(t("datesTo"), 1)];
    this.handles = [handle(t("datesFrom")), handle(t("datesTo"))];
    this.play = button({ class: "gm-play", "aria-label": t("play"), title: t("play"), onclick: () => this.toggle() }, "▶");
    this.node = el(
      "section",
      { class: "gm-dates", "aria-label": t("dates"), hidden: firstDay >= lastDay },
      this.play,
      el("div", { class: "gm-slides" }, this.bars, ...this.handles),
      el("div", { class: "gm-days" }, this.fields[0], el("span", { "aria-hidden": "true" }, "–"), this.fields[1], this.note),
    );
    this.show(firstDay, lastDay);
  }

  /** Shows chosen dates, without telling anybody. */
  show(from: number, to: number): void {
    [this.from, this.to] = [from, to];
    [from, to].forEach((day, n) => {
      this.fields[n].value = this.store.lastDay >= this.store.firstDay ? toIso(day) : "";
      this.handles[n].value = String(day);
      this.handles[n].setAttribute("aria-valuetext", dayWords(day, "short"));
    });
    this.shade();
  }

  /** Shows how many incidents each day has. */
  count(perDay: Uint32Array, undated: number): void {
    const { firstDay, lastDay } = this.store;
    if (firstDay > lastDay) return;
    const { unit, bins } = binsOf(firstDay, lastDay, perDay);
    this.bins = bins;
    const days = lastDay - firstDay + 1;
    const most = Math.max(1, ...bins.map(({ count }) => count));
    this.bars.replaceChildren(
      ...bins.map(({ first, last, count }) => {
        const height = count ? Math.max(1.5, (30 * count) / most) : 0;
        const x = ((first - firstDay) / days) * 100;
        const width = Math.max(0.25, ((last - first + 1) / days) * 100 - 0.18);
        const bar = svg("rect", { x, width, y: 30 - height, height });
        const title = svg("title", {});
        title.textContent = `${dayWords(first, "short")}${last > first ? ` – ${dayWords(last, "short")}` : ""}: ${number(count)}`;
        bar.append(title);
        return bar;
      }),
    );
    this.note.textContent = [t(UNITS[unit]), undated ? t("undated", { n: undated }) : ""].filter(Boolean).join(" · ");
    this.shade();
  }

  private shade(): void {
    this.bins.forEach(({ first, last }, n) => this.bars.children[n].classList.toggle("gm-out", last < this.from || first > this.to));
  }

  private choose(a: number, b: number, final: boolean): void {
    if (final) this.stop();
    this.show(Math.min(a, b), Math.max(a, b));
    this.change(this.from, this.to, final);
  }

  private toggle(): void {
    if (this.timer !== undefined) {
      this.stop();
      this.change(this.from, this.to, true);
      return;
    }
    const { firstDay, lastDay } = this.store;
    const whole = this.from === firstDay && this.to === lastDay;
    const length = whole ? Math.max(1, Math.ceil((lastDay - firstDay + 1) / WINDOW)) : this.to - this.from + 1;
    const step = Math.max(1, Math.round(length / 4));
    let start = whole || this.to >= lastDay ? firstDay : this.from;
    const move = () => {
      const end = Math.min(lastDay, start + length - 1);
      this.show(Math.min(start, lastDay), end);
      this.change(this.from, this.to, end >= lastDay);
      if (end >= lastDay) this.stop();
      start += step;
    };
    this.play.textContent = "❚❚";
    this.label(t("pause"));
    this.timer = setInterval(move, STEP);
    move();
  }

  private label(words: string): void {
    this.play.setAttribute("aria-label", words);
    this.play.title = words;
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.play.textContent = "▶";
    this.label(t("play"));
  }
}
