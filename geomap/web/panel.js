/* The panel: search, dates, layers, lists and legend. It reads and sets the filters of `state` and calls `act`. */
"use strict";

const gmPanel = (() => {
  const { el, button, svg, link, later, number, plural, isoDay, dayWords, pin } = gmElements;
  const ui = {};
  let state, act;

  // Dates ------------------------------------------------------------------------------------------------------------
  const histogram = (perDay) => {
    if (!ui.bars) return;
    const { firstDay, lastDay, from, to } = state;
    const days = lastDay - firstDay + 1;
    const bins = Math.min(days, 56);
    const counts = new Array(bins).fill(0);
    for (const [day, n] of perDay) counts[Math.floor(((day - firstDay) / days) * bins)] += n;
    const most = Math.max(1, ...counts);
    const bars = counts.map((n, k) => {
      const [first, next] = [firstDay + (k * days) / bins, firstDay + ((k + 1) * days) / bins];
      const height = n ? Math.max(1.5, (30 * n) / most) : 0;
      const shape = { x: (k * 100) / bins, width: Math.max(0.3, 100 / bins - 0.35), y: 30 - height, height };
      return svg("rect", { ...shape, class: next <= from || first > to ? "gm-out" : "" });
    });
    ui.bars.replaceChildren(...bars);
  };

  const showDates = () => {
    if (!ui.bars) return;
    [ui.dateFrom.value, ui.dateTo.value] = [isoDay(state.from), isoDay(state.to)];
    [ui.slideFrom.value, ui.slideTo.value] = [state.from, state.to];
    for (const slide of [ui.slideFrom, ui.slideTo]) slide.setAttribute("aria-valuetext", dayWords(+slide.value));
  };

  const filterSoon = later(30, () => act.filter());
  const setDates = (a, b) => {
    [state.from, state.to] = [Math.min(a, b), Math.max(a, b)];
    showDates();
    filterSoon();
  };

  const datesSection = () => {
    const { firstDay, lastDay } = state;
    if (firstDay >= lastDay) return "";
    const day = (label, end) => {
      const change = ({ target }) => {
        const given = target.valueAsNumber / 864e5;
        const value = Number.isFinite(given) ? Math.min(lastDay, Math.max(firstDay, given)) : end ? lastDay : firstDay;
        setDates(end ? state.from : value, end ? value : state.to);
      };
      return el("input", { type: "date", min: isoDay(firstDay), max: isoDay(lastDay), "aria-label": label, onchange: change });
    };
    const slide = (label) => {
      const move = () => setDates(+ui.slideFrom.value, +ui.slideTo.value);
      return el("input", { type: "range", min: firstDay, max: lastDay, "aria-label": label, oninput: move });
    };
    ui.bars = svg("svg", { viewBox: "0 0 100 30", preserveAspectRatio: "none", "aria-hidden": "true" });
    [ui.dateFrom, ui.dateTo] = [day("From date", false), day("To date", true)];
    [ui.slideFrom, ui.slideTo] = [slide("From"), slide("To")];
    return el(
      "section",
      { class: "gm-dates", "aria-label": "Dates" },
      el("div", { class: "gm-slides" }, ui.bars, ui.slideFrom, ui.slideTo),
      el("div", { class: "gm-days" }, ui.dateFrom, el("span", {}, "to"), ui.dateTo),
    );
  };

  // Layers -----------------------------------------------------------------------------------------------------------
  const checkbox = (attributes, change) =>
    el("input", { type: "checkbox", checked: true, ...attributes, onchange: ({ target }) => change(target.checked) });

  const layersSection = () => {
    const { layers } = state.data;
    const set = (members, on) => {
      for (const n of members) state.layerOn[n] = on ? 1 : 0;
      act.filter();
    };
    const names = [...new Set(layers.map((layer) => layer.group))];
    ui.layers = layers.map((layer, n) => ({
      box: checkbox({ "data-layer": layer.id }, (on) => set([n], on)),
      output: el("output", {}),
    }));
    ui.groups = names.map((name) => {
      const members = layers.flatMap((layer, n) => (layer.group === name ? [n] : []));
      return { name, members, box: checkbox({}, (on) => set(members, on)) };
    });
    const sets = ui.groups.map(({ name, members, box }) =>
      el(
        "fieldset",
        {},
        el("legend", { hidden: names.length < 2 }, el("label", { class: "gm-row gm-group" }, box, el("span", {}, name))),
        ...members.map((n) => {
          const { box, output } = ui.layers[n];
          return el("label", { class: "gm-row" }, box, pin(layers[n]), el("span", {}, layers[n].title), output);
        }),
      ),
    );
    const every = layers.map((layer, n) => n);
    return el(
      "section",
      { class: "gm-layers", "aria-label": "Event types" },
      el(
        "div",
        { class: "gm-heading" },
        el("h2", {}, "Event types"),
        button({ onclick: () => set(every, true) }, "All"),
        button({ onclick: () => set(every, false) }, "None"),
      ),
      el("div", { class: "gm-scroll" }, ...sets),
    );
  };

  // Legend -----------------------------------------------------------------------------------------------------------
  const SAMPLE = { color: "#5f6f85", sign: "" };

  const statusRows = () => {
    const { statuses, columns } = state.data;
    const occurring = new Set(columns.status);
    ui.statuses = statuses.map((status, n) => ({
      box: checkbox({ "data-status": status.id }, (on) => {
        state.statusOn[n] = on ? 1 : 0;
        act.filter();
      }),
      output: el("output", {}),
    }));
    const rows = statuses.flatMap((status, n) => {
      const { box, output } = ui.statuses[n];
      const mark = pin(SAMPLE, status.id);
      return occurring.has(n) ? [el("label", { class: "gm-row" }, box, mark, el("span", {}, status.text), output)] : [];
    });
    ui.background = checkbox({ "data-background": true }, (on) => {
      state.background = on;
      act.filter();
    });
    if (columns.main.includes(0)) {
      const words = el("span", {}, "Background: mentioned, not the news itself");
      rows.push(el("label", { class: "gm-row" }, ui.background, pin(SAMPLE, "reported", false, true), words));
    }
    return rows.length ? [el("h3", {}, "Status"), ...rows] : [];
  };

  const legend = () => {
    const key = (mark, words) => el("p", { class: "gm-row" }, mark, el("span", {}, words));
    const donut = el("span", { class: "gm-donut", "aria-hidden": "true" }, el("span", {}, "9"));
    const area = el("span", { class: "gm-area", "aria-hidden": "true" });
    const { publishers } = state.data;
    const listed = publishers.slice(0, 300).map(([name, n]) => el("li", { dir: "auto" }, `${name} (${number(n)})`));
    if (publishers.length > listed.length) listed.push(el("li", {}, `and ${number(publishers.length - listed.length)} more`));
    return [
      ...statusRows(),
      el("h3", {}, "Marks"),
      key(pin(SAMPLE), "The place is known to a site or a town"),
      key(pin(SAMPLE, "reported", true), "Only the province, country, area or sea is known"),
      key(donut, "Several incidents; the ring shows their event types"),
      key(area, "Where the incident may lie: shown when you point at its mark, and always for areas and seas"),
      el("h3", {}, "Data"),
      el(
        "p",
        {},
        "Places: ", link("https://www.geonames.org/", "GeoNames"), ", ",
        link("https://creativecommons.org/licenses/by/4.0/", "CC BY 4.0"), ". Outlines: ",
        link("https://www.naturalearthdata.com/", "Natural Earth"), ", public domain. Map: ",
        link("https://leafletjs.com/", "Leaflet"), ". Quotes belong to their publishers.",
      ),
      el("p", {}, "A program read these incidents from news texts. Check the source before you rely on one."),
      publishers.length
        ? el("details", {}, el("summary", {}, plural(publishers.length, "publisher")), el("ul", { class: "gm-publishers" }, ...listed))
        : "",
    ];
  };

  // The whole --------------------------------------------------------------------------------------------------------
  const chooseTab = (name) => {
    for (const [key, { tab, panel }] of Object.entries(ui.tabs)) {
      tab.setAttribute("aria-selected", String(key === name));
      tab.tabIndex = key === name ? 0 : -1;
      panel.hidden = key !== name;
    }
  };

  const tabList = () => {
    [ui.inView, ui.unplaced] = [el("ul", { class: "gm-list" }), el("ul", { class: "gm-list" })];
    [ui.inViewCount, ui.unplacedCount] = [el("output", {}), el("output", {})];
    const parts = [
      ["view", "In view", ui.inViewCount, [ui.inView]],
      ["unplaced", "No place", ui.unplacedCount, [ui.unplaced]],
      ["legend", "Legend", "", legend()],
    ];
    ui.tabs = {};
    for (const [name, words, count, content] of parts) {
      const [tabId, id] = [`gm-tab-${name}`, `gm-${name}`];
      const tab = button({ role: "tab", id: tabId, "aria-controls": id, onclick: () => chooseTab(name) }, words, count);
      const attributes = { role: "tabpanel", id, "aria-labelledby": tabId, class: `gm-tabpanel ${id}` };
      ui.tabs[name] = { tab, panel: el("div", attributes, ...content) };
    }
    const names = Object.keys(ui.tabs);
    const step = (event) => {
      const at = names.findIndex((name) => ui.tabs[name].tab === document.activeElement);
      const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (at < 0 || !move) return;
      const next = names[(at + move + names.length) % names.length];
      chooseTab(next);
      ui.tabs[next].tab.focus();
    };
    const tabs = names.map((name) => ui.tabs[name].tab);
    const list = el("div", { class: "gm-tabs", role: "tablist", "aria-label": "Lists", onkeydown: step }, ...tabs);
    return [list, ...names.map((name) => ui.tabs[name].panel)];
  };

  const summary = () => {
    const { total, firstDay, lastDay, data } = state;
    const placeless = data.columns.lat.filter((lat) => lat === null).length;
    const parts = [total ? plural(total, "incident") : "No incidents"];
    if (firstDay === lastDay) parts.push(dayWords(firstDay));
    else if (firstDay < lastDay) parts.push(`${dayWords(firstDay)} – ${dayWords(lastDay)}`);
    if (data.publishers.length) parts.push(plural(data.publishers.length, "publisher"));
    if (placeless) parts.push(`${number(placeless)} without a place`);
    return parts.join(" · ");
  };

  const setOpen = (on) => {
    document.body.classList.toggle("gm-open", on);
    ui.handle.setAttribute("aria-expanded", String(on));
    ui.handle.setAttribute("aria-label", on ? "Hide the panel" : "Show the panel");
    act.resize();
  };

  /* Shows the filters' state and the counts: per layer, per status and per day, and how many incidents match. */
  const refresh = (perLayer, perStatus, perDay, shown) => {
    ui.layers.forEach(({ box, output }, n) => {
      box.checked = Boolean(state.layerOn[n]);
      output.textContent = number(perLayer[n]);
    });
    for (const { members, box } of ui.groups) {
      const on = members.filter((n) => state.layerOn[n]).length;
      box.checked = on === members.length;
      box.indeterminate = on > 0 && on < members.length;
    }
    ui.statuses.forEach(({ box, output }, n) => {
      box.checked = Boolean(state.statusOn[n]);
      output.textContent = number(perStatus[n]);
    });
    ui.background.checked = state.background;
    histogram(perDay);
    const whole = state.from === state.firstDay && state.to === state.lastDay && state.background && !state.hits;
    ui.reset.hidden = whole && state.layerOn.every(Boolean) && state.statusOn.every(Boolean);
    ui.matching.textContent = ui.reset.hidden ? "" : `${number(shown)} of ${plural(state.total, "incident")} match`;
  };

  const reset = () => {
    ui.search.value = "";
    act.reset();
    showDates();
  };

  /* Builds the panel and gives the lists and counts that the map fills. */
  const build = (theState, actions) => {
    [state, act] = [theState, actions];
    const { data, total } = state;
    ui.handleCount = el("span", { class: "gm-count" });
    ui.handle = button({ class: "gm-handle", onclick: () => setOpen(!document.body.classList.contains("gm-open")) });
    const find = later(160, () => act.search(ui.search.value));
    const words = "Search places, actors, words";
    ui.search = el("input", { type: "search", placeholder: words, "aria-label": "Search", autocomplete: "off", oninput: find });
    ui.matching = el("span", { "aria-live": "polite" });
    ui.reset = button({ hidden: true, onclick: reset }, "Reset");
    const head = el("p", {}, ui.handleCount, el("span", { class: "gm-summary" }, summary()));
    const panel = el(
      "aside",
      { class: "gm-panel", "aria-label": "Incidents" },
      el("header", {}, ui.handle, el("div", {}, el("h1", { dir: "auto" }, data.title), head)),
      el(
        "div",
        { class: "gm-content" },
        el("section", { class: "gm-search", hidden: !total }, ui.search, el("p", { class: "gm-state" }, ui.matching, ui.reset)),
        datesSection(),
        layersSection(),
        ...tabList(),
      ),
    );
    panel.querySelector(".gm-layers").hidden = !total;
    document.body.append(panel);
    chooseTab("view");
    showDates();
    return ui;
  };

  return { build, refresh, chooseTab, setOpen };
})();
