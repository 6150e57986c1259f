/* The map: reads the blocks that render.py packed, filters and clusters the incidents, and draws them.
   Coordinates are degrees, radii kilometers, days are counted from 1970-01-01. */
"use strict";

window.geomap = (() => {
  const { el, button, unpack, fold, number, plural, signOf, pin } = gmElements;
  const { radius } = gmClusters;
  const PAGE = 100; // rows that a list shows at once
  const AREAS = 40; // areas that are drawn unasked
  const FIT = 7; // deepest zoom that the page chooses by itself
  const narrow = matchMedia("(max-width: 760px)");

  // total: incidents; hits: which ones the search found; from, to: the days chosen
  const state = { total: 0, background: true, hits: null };
  const layers = {}; // Leaflet's
  let map, column, X, Y, ui;
  let passed = [], unplaced = [], clusters = [], inView = [];
  let selected = null, hovered = null, popup = null, opener = null, wanted = "";
  let markers = new Map(), version = 0, drawnAs = "";
  const texts = new Map();

  const row = async (i) => {
    const n = Math.floor(i / state.data.chunk);
    if (!texts.has(n)) texts.set(n, unpack(`text-${n}`));
    return (await texts.get(n))[i % state.data.chunk];
  };
  const layerOf = (i) => state.data.layers[column.layer[i]];
  const statusOf = (i) => state.data.statuses[column.status[i]];
  const precisionOf = (i) => state.data.precisions[column.precision[i]];
  const isPlaced = (i) => column.lat[i] !== null;
  const latLng = (i) => L.latLng(column.lat[i] / 1e5, column.lon[i] / 1e5);
  const isPoint = (i) => ["site", "town"].includes(precisionOf(i));
  const pinOf = (i) => pin(layerOf(i), statusOf(i).id, isPlaced(i) && !isPoint(i), !column.main[i]);

  // Filters ----------------------------------------------------------------------------------------------------------
  const isInTime = (i) => {
    const { from, to, firstDay, lastDay } = state;
    if (column.start[i] === null) return from === firstDay && to === lastDay;
    return column.start[i] <= to && column.end[i] >= from;
  };

  const filter = () => {
    const { total, hits, background, layerOn, statusOn } = state;
    const perLayer = new Uint32Array(layerOn.length);
    const perStatus = new Uint32Array(statusOn.length);
    const perDay = new Map();
    [passed, unplaced] = [[], []];
    for (let i = 0; i < total; i++) {
      if ((hits && !hits[i]) || (!background && !column.main[i])) continue;
      const [byLayer, byStatus] = [layerOn[column.layer[i]], statusOn[column.status[i]]];
      const day = column.start[i];
      if (byLayer && byStatus && day !== null) perDay.set(day, (perDay.get(day) ?? 0) + 1);
      if (!isInTime(i)) continue;
      if (byStatus) perLayer[column.layer[i]]++;
      if (byLayer) perStatus[column.status[i]]++;
      if (byLayer && byStatus) (isPlaced(i) ? passed : unplaced).push(i);
    }
    version++;
    state.perLayer = perLayer;
    gmPanel.refresh(perLayer, perStatus, perDay, passed.length + unplaced.length);
    draw();
    listUnplaced();
  };

  const folded = async (i) => {
    const text = await row(i);
    const quotes = text.quotes.map((quote) => quote.text);
    const sources = text.sources.map(({ publisher, title }) => `${publisher} ${title}`);
    const facts = text.facts.map((fact) => fact[1]);
    text.folded ??= fold([text.title, text.when, text.place, layerOf(i).title, ...facts, ...quotes, ...sources].join("\n"));
    return text.folded;
  };

  const search = async (words) => {
    const terms = fold(words).split(/\s+/).filter(Boolean);
    wanted = terms.join(" ");
    let found = null;
    if (terms.length) {
      found = new Uint8Array(state.total);
      for (let i = 0; i < state.total; i++) {
        const text = await folded(i);
        found[i] = terms.every((term) => text.includes(term)) ? 1 : 0;
      }
    }
    if (wanted !== terms.join(" ")) return; // the reader typed on
    state.hits = found;
    filter();
    if (found && passed.length && !inView.length) fit(passed);
  };

  const reset = () => {
    state.layerOn.fill(1);
    state.statusOn.fill(1);
    Object.assign(state, { background: true, hits: null, from: state.firstDay, to: state.lastDay });
    wanted = "";
    filter();
  };

  // Drawing ----------------------------------------------------------------------------------------------------------
  const sharesOf = (ids) => {
    const counts = new Map();
    for (const i of ids) counts.set(column.layer[i], (counts.get(column.layer[i]) ?? 0) + 1);
    return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  };
  const shareWords = (ids) => sharesOf(ids).slice(0, 5).map(([n, count]) => `${state.data.layers[n].title}: ${number(count)}`);

  const donut = (ids) => {
    let angle = 0;
    const stops = sharesOf(ids).map(([n, count]) => {
      const start = angle;
      angle += (count / ids.length) * 360;
      return `${state.data.layers[n].color} ${start.toFixed(1)}deg ${angle.toFixed(1)}deg`;
    });
    const label = ids.length < 1000 ? ids.length : `${(ids.length / 1000).toFixed(ids.length > 9999 ? 0 : 1)}k`;
    const faint = ids.every((i) => !column.main[i]);
    const node = el("span", { class: `gm-donut${faint ? " gm-faint" : ""}` }, el("span", {}, String(label)));
    node.style.background = `conic-gradient(${stops.join(",")})`;
    node.style.width = node.style.height = `${2 * radius(ids.length)}px`;
    return node;
  };

  /* Where an incident may lie: its footprint, else a circle of its radius. */
  const areaOf = (i, calm = false) => {
    const strength = calm ? { weight: 1, opacity: 0.6, fillOpacity: 0.07 } : { weight: 1.6, opacity: 0.95, fillOpacity: 0.16 };
    const style = { color: layerOf(i).color, dashArray: "4 4", ...strength };
    const options = { pane: "gm-areas", renderer: layers.areaRenderer, interactive: false };
    const shape = column.shape[i];
    if (shape === null) return L.circle(latLng(i), { ...options, ...style, radius: column.radius[i] * 1000 });
    return L.geoJSON(state.data.shapes[shape], { ...options, style, pointToLayer: () => L.layerGroup() });
  };

  const hover = async (group, marker) => {
    hovered = marker;
    const [i] = group.ids;
    const content = el("div", { dir: "auto" });
    if (group.ids.length === 1) {
      const text = await row(i);
      content.append(el("b", {}, text.title), el("br"), [text.place, text.when].filter(Boolean).join(" · "));
      if (hovered === marker) layers.hovered.clearLayers().addLayer(areaOf(i));
    } else {
      content.append(el("b", {}, plural(group.ids.length, "incident")), ...shareWords(group.ids).map((words) => el("div", {}, words)));
    }
    if (hovered !== marker || !map.hasLayer(marker)) return;
    const offset = [0, -radius(group.ids.length) - 2];
    marker.unbindTooltip().bindTooltip(content, { direction: "top", offset, className: "gm-tip" }).openTooltip();
  };

  const leave = (marker) => {
    if (hovered === marker) hovered = null;
    marker.unbindTooltip();
    layers.hovered.clearLayers();
  };

  const markerOf = (group) => {
    const { ids, x, y } = group;
    const [i] = ids;
    const single = ids.length === 1;
    const size = 2 * radius(ids.length);
    const icon = L.divIcon({ className: "gm-marker", html: single ? pinOf(i) : donut(ids), iconSize: [size, size] });
    const zIndexOffset = single && column.main[i] ? 1000 : 0;
    const marker = L.marker(map.unproject([x, y], map.getZoom()), { icon, riseOnHover: true, zIndexOffset });
    marker.on("add", async () => {
      const node = marker.getElement();
      node.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        open(group);
      });
      node.addEventListener("focus", () => hover(group, marker));
      node.addEventListener("blur", () => leave(marker));
      node.setAttribute("aria-label", `${plural(ids.length, "incident")}. ${shareWords(ids).join(", ")}`);
      if (!single) return;
      const text = await row(i);
      node.setAttribute("aria-label", `${text.title}. ${layerOf(i).title}, ${statusOf(i).title}, ${text.place}, ${text.when}`);
    });
    marker.on("mouseover", () => hover(group, marker)).on("mouseout", () => leave(marker));
    return marker.on("click", () => open(group));
  };

  /* The name that a group's mark may carry: of the one place where all of it is. */
  const nameOf = ({ ids }) => {
    const place = column.place[ids[0]];
    return place !== null && ids.every((i) => column.place[i] === place && isPoint(i)) ? state.data.places[place] : "";
  };

  const draw = () => {
    const zoom = map.getZoom();
    if (drawnAs !== `${zoom}/${version}`) {
      drawnAs = `${zoom}/${version}`;
      clusters = gmClusters.group(passed, X, Y, zoom);
      for (const marker of markers.values()) marker.remove();
      markers = new Map();
      layers.hovered.clearLayers();
    }
    const { min, max } = map.getPixelBounds();
    const near = (g, edge) => g.x > min.x - edge && g.x < max.x + edge && g.y > min.y - edge && g.y < max.y + edge;
    inView = [];
    layers.wide.clearLayers();
    const [groups, areas] = [[], new Set()];
    for (const group of clusters) {
      const [i] = group.ids;
      if (near(group, 0)) for (const id of group.ids) inView.push(id);
      if (!near(group, 80)) {
        markers.get(group)?.remove();
        markers.delete(group);
        continue;
      }
      if (!markers.has(group)) markers.set(group, markerOf(group).addTo(layers.markers));
      groups.push({ x: group.x, y: group.y, radius: radius(group.ids.length), name: nameOf(group) });
      if (group.ids.length > 1 || !["region", "sea"].includes(precisionOf(i)) || areas.size >= AREAS) continue;
      const key = `${column.layer[i]}/${column.shape[i] ?? [column.lat[i], column.lon[i], column.radius[i]]}`;
      if (!areas.has(key)) layers.wide.addLayer(areaOf(i, true));
      areas.add(key);
    }
    gmBasemap.name(map, groups);
    inView.sort((a, b) => a - b);
    listInView();
  };

  const open = ({ ids }) => {
    if (ids.length === 1) return show(ids[0]);
    const bounds = L.latLngBounds(ids.map(latLng));
    const spread = bounds.getNorth() - bounds.getSouth() + bounds.getEast() - bounds.getWest();
    if (spread < 1e-4 || map.getZoom() >= map.getMaxZoom()) return showMany(ids, bounds.getCenter());
    const zoom = Math.max(map.getZoom() + 1, map.getBoundsZoom(bounds, false, [60, 60]));
    return map.setView(bounds.getCenter(), Math.min(zoom, map.getMaxZoom()));
  };

  // Popups -----------------------------------------------------------------------------------------------------------
  const detailsOf = async (i, back = null) => gmDetails.build(await row(i), column.id[i], layerOf(i), pinOf(i), back);

  const openPopup = (at, content, up, label) => {
    if (!popup?.isOpen()) opener = document.activeElement;
    const size = map.getSize();
    const width = Math.min(350, size.x - 44);
    popup = L.popup({
      minWidth: Math.min(290, width), maxWidth: width, maxHeight: Math.max(160, Math.min(600, size.y - 110)),
      offset: [0, up], autoPanPadding: [14, 14], className: "gm-popup",
    });
    popup.setLatLng(at).setContent(content).openOn(map);
    popup.getElement().setAttribute("role", "dialog");
    popup.getElement().setAttribute("aria-label", label);
    document.body.classList.add("gm-popped");
    content.tabIndex = -1;
    content.focus({ preventScroll: true });
  };

  const show = async (i, { back = null, move = false } = {}) => {
    if (!isPlaced(i)) return showUnplaced(i);
    const [text, content] = [await row(i), await detailsOf(i, back)];
    if (narrow.matches) gmPanel.setOpen(false);
    if (move) {
      const reach = latLng(i).toBounds(Math.max(column.radius[i], 20) * 2000);
      const zoom = Math.max(map.getZoom(), Math.min(FIT, map.getBoundsZoom(reach)));
      map.setView(latLng(i), zoom, { animate: false });
    }
    openPopup(latLng(i), content, -8, text.title);
    selected = i;
    layers.selected.clearLayers().addLayer(areaOf(i));
    remember(column.id[i]);
  };

  const showMany = async (ids, at) => {
    const list = el("ul", { class: "gm-list" });
    const words = `${plural(ids.length, "incident")} here`;
    const content = el("div", { class: "gm-many" }, el("h2", {}, words), list);
    const back = (event) => {
      event.stopPropagation();
      showMany(ids, at);
    };
    await fill(list, [...ids].sort((a, b) => a - b), (i) => show(i, { back }));
    openPopup(at, content, -14, words);
  };

  const showUnplaced = async (i) => {
    const at = unplaced.indexOf(i);
    if (at < 0) return;
    gmPanel.setOpen(true);
    gmPanel.chooseTab("unplaced");
    await listUnplaced(Math.ceil((at + 1) / PAGE) * PAGE);
    const item = ui.unplaced.children[at];
    item.querySelector("details").open = true;
    item.querySelector("summary").focus();
    item.scrollIntoView({ block: "nearest" });
    selected = i;
    remember(column.id[i]);
  };

  const closed = (event) => {
    if (event.popup !== popup) return;
    layers.selected.clearLayers();
    selected = null;
    document.body.classList.remove("gm-popped");
    remember("");
    if (opener?.isConnected) opener.focus({ preventScroll: true });
  };

  /* The address names the open incident, so that it can be passed on. A page inside another page may not change it. */
  const remember = (id) => {
    try {
      history.replaceState(null, "", id ? `#${encodeURIComponent(id)}` : location.pathname + location.search);
    } catch {
      // not allowed here
    }
  };

  // Lists ------------------------------------------------------------------------------------------------------------
  const lineOf = async (i) => {
    const text = await row(i);
    const meta = [text.when, isPlaced(i) ? text.place : "", layerOf(i).title].filter(Boolean).join(" · ");
    return [pinOf(i), el("span", { class: "gm-line" }, el("b", { dir: "auto" }, text.title), el("small", {}, meta))];
  };

  /* Fills a list with lines for the first incidents, and a button for more. A call that is overtaken does nothing. */
  const fillWith = async (list, ids, limit, itemOf) => {
    const token = {};
    list.token = token;
    const items = await Promise.all(ids.slice(0, limit).map(async (i) => el("li", {}, await itemOf(i))));
    if (list.token !== token) return;
    if (ids.length > limit) {
      const more = async () => {
        await fillWith(list, ids, limit + PAGE, itemOf);
        list.children[limit]?.querySelector("button, summary").focus();
      };
      items.push(el("li", {}, button({ class: "gm-more", onclick: more }, `Show more (${number(ids.length - limit)} left)`)));
    }
    list.replaceChildren(...items);
  };
  const fill = (list, ids, act) =>
    fillWith(list, ids, PAGE, async (i) => button({ class: "gm-item", onclick: () => act(i) }, ...(await lineOf(i))));

  const nothing = (list, words) => {
    list.token = null;
    list.replaceChildren(el("li", { class: "gm-none" }, words));
  };

  const listInView = () => {
    ui.inViewCount.textContent = number(inView.length);
    ui.handleCount.textContent = `${number(inView.length)} in view`;
    if (inView.length) return fill(ui.inView, inView, (i) => show(i, { move: true }));
    if (!state.total) return nothing(ui.inView, "No incident was found in the texts.");
    return nothing(ui.inView, passed.length ? "None here: move the map or zoom out." : "No incident with a place matches.");
  };

  const listUnplaced = (limit = PAGE) => {
    ui.unplacedCount.textContent = number(unplaced.length);
    if (!unplaced.length) return nothing(ui.unplaced, "No incident here: these are the ones whose place no text names.");
    return fillWith(ui.unplaced, unplaced, limit, async (i) => {
      const box = el("details", {}, el("summary", { class: "gm-item" }, ...(await lineOf(i))));
      box.addEventListener("toggle", async () => {
        if (box.open && box.children.length === 1) box.append(await detailsOf(i));
      });
      return box;
    });
  };

  // Start ------------------------------------------------------------------------------------------------------------
  const fit = (ids) => {
    const bounds = L.latLngBounds([]);
    for (const i of ids) bounds.extend(latLng(i).toBounds(2000 * Math.min(Math.max(column.radius[i], 10), 250)));
    if (!bounds.isValid()) return map.setView([24, 15], narrow.matches ? 1 : 2, { animate: false });
    return map.fitBounds(bounds, { padding: [30, 30], maxZoom: FIT, animate: false });
  };

  /* The view of all that is news; background elsewhere does not widen it. */
  const home = () => {
    const placed = [...Array(state.total).keys()].filter(isPlaced);
    const chief = placed.filter((i) => column.main[i]);
    return fit(chief.length ? chief : placed);
  };

  const outside = (url, words) => `<a href="${url}" target="_blank" rel="noopener noreferrer">${words}</a>`;

  const buildMap = () => {
    for (const [name, z] of [["gm-land", 150], ["gm-areas", 340], ["gm-labels", 360]]) {
      const pane = map.createPane(name);
      pane.style.zIndex = z;
      pane.style.pointerEvents = "none";
    }
    layers.areaRenderer = L.svg({ pane: "gm-areas" });
    for (const name of ["wide", "hovered", "selected", "markers"]) layers[name] = L.layerGroup().addTo(map);
    map.setMinZoom(1);
    // As an option: map.setMaxBounds would glide back after each move, and take the marks away from under the pointer.
    map.options.maxBounds = L.latLngBounds([[-86, -210], [86, 210]]);
    map.options.maxBoundsViscosity = 0.8;
    L.control.scale({ imperial: false }).addTo(map);
    const all = L.control({ position: "topleft" });
    all.onAdd = () => {
      const words = "Show all incidents";
      const bar = el("div", { class: "leaflet-bar gm-home" }, button({ title: words, "aria-label": words, onclick: home }, "⤢"));
      L.DomEvent.disableClickPropagation(bar);
      return bar;
    };
    all.addTo(map);
    map.attributionControl
      .setPrefix(outside("https://leafletjs.com/", "Leaflet"))
      .addAttribution(outside("https://www.naturalearthdata.com/", "Natural Earth"))
      .addAttribution(`${outside("https://www.geonames.org/", "GeoNames")} (CC BY 4.0)`);
    map.on("popupclose", closed);
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") map.closePopup();
    });
    for (const name of ["beforeprint", "afterprint"]) window.addEventListener(name, () => map.invalidateSize({ pan: false }));
  };

  const readData = async () => {
    const data = await unpack("head");
    column = data.columns;
    const dated = column.start.flatMap((day, i) => (day === null ? [] : [i]));
    const firstDay = dated.reduce((day, i) => Math.min(day, column.start[i]), Infinity);
    const lastDay = dated.reduce((day, i) => Math.max(day, column.end[i]), -Infinity);
    Object.assign(state, { data, total: column.id.length, firstDay, lastDay, from: firstDay, to: lastDay });
    state.layerOn = new Uint8Array(data.layers.length).fill(1);
    state.statusOn = new Uint8Array(data.statuses.length).fill(1);
    for (const layer of data.layers) layer.sign = signOf(layer);
    X = Float64Array.from(column.lon, (lon) => (lon / 1e5 + 180) / 360);
    Y = Float64Array.from(column.lat, (lat) => {
      const sine = Math.max(-0.9999, Math.min(0.9999, Math.sin((lat / 1e5) * (Math.PI / 180))));
      return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
    });
  };

  const start = async () => {
    map = window[document.querySelector(".folium-map").id];
    await readData();
    buildMap();
    const resize = () => map.invalidateSize({ pan: false });
    ui = gmPanel.build(state, { filter, search, reset, resize });
    gmPanel.setOpen(!narrow.matches);
    narrow.addEventListener("change", () => gmPanel.setOpen(!narrow.matches));
    home();
    await gmBasemap.draw(map);
    filter();
    map.on("moveend", draw);
    const id = column.id.find((one) => location.hash === `#${encodeURIComponent(one)}`);
    if (id !== undefined) await select(id);
  };

  /* Opens the details of an incident; says whether there is one with this id. */
  const select = async (id) => {
    const i = column.id.indexOf(id);
    if (i >= 0) await show(i, { move: true });
    return i >= 0;
  };

  const failed = (error) => {
    const old = typeof DecompressionStream === "undefined";
    const words = old ? "This browser is too old for the map: use a current one." : `The map can't be drawn: ${error.message}`;
    document.body.append(el("p", { class: "gm-failed", role: "alert" }, words));
    throw error;
  };

  const ready = new Promise((resolve) => document.addEventListener("DOMContentLoaded", resolve)).then(start).catch(failed);

  return {
    ready, // settled when the map is drawn
    select,
    count: () => state.total,
    layers: () =>
      state.data.layers.map(({ id, title }, n) => ({ id, title, count: state.perLayer[n], on: Boolean(state.layerOn[n]) })),
    visible: () => inView.map((i) => column.id[i]),
    selected: () => (selected === null ? null : column.id[selected]),
  };
})();
