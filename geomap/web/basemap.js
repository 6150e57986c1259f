/* The land, and names on it: of countries, and near by of the places where incidents are. */
"use strict";

const gmBasemap = (() => {
  const { el, unpack } = gmElements;
  const CLOSE = 5.5; // zoom from which places have their names
  let countries = [];
  let labels;

  const points = (steps) => {
    let [x, y] = [0, 0];
    const result = [];
    for (let k = 0; k < steps.length; k += 2) {
      [x, y] = [x + steps[k], y + steps[k + 1]];
      result.push([y / 1000, x / 1000]);
    }
    return result;
  };

  const draw = async (map) => {
    labels = L.layerGroup().addTo(map);
    const renderer = L.svg({ pane: "gm-land", padding: 0.4 });
    const options = { pane: "gm-land", renderer, interactive: false, className: "gm-country", smoothFactor: 0.8 };
    const all = await unpack("basemap");
    for (const [, rings] of all) L.polygon(rings.map(points), options).addTo(map);
    countries = all.filter(([name, , label]) => name && label).sort((a, b) => b[2][2] - a[2][2]);
  };

  /* Boxes are [left, top, right, bottom] in pixels. */
  const around = (x, y, width, height) => [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
  const holds = (a, b) => a[0] <= b[0] && a[1] <= b[1] && a[2] >= b[2] && a[3] >= b[3];
  const meets = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];

  /* Name what has room. `groups` are the marks in view: { x, y, radius, name } in pixels. */
  const name = (map, groups) => {
    labels.clearLayers();
    const zoom = map.getZoom();
    const { min, max } = map.getPixelBounds();
    const view = [min.x, min.y, max.x, max.y];
    const taken = groups.map(({ x, y, radius }) => around(x, y, 2 * radius, 2 * radius));
    taken.push([min.x, max.y - 40, min.x + 110, max.y]); // the scale
    const put = (words, x, y, size, kind) => {
      const node = el("span", {}, words);
      node.style.fontSize = `${size.toFixed(1)}px`;
      const icon = L.divIcon({ className: `gm-label ${kind}`, html: node, iconSize: [0, 0] });
      const at = map.unproject([x, y], zoom);
      labels.addLayer(L.marker(at, { icon, pane: "gm-labels", interactive: false, keyboard: false }));
    };
    const named = new Set();
    for (const group of zoom < CLOSE ? [] : groups) {
      if (!group.name || named.has(group.name)) continue;
      const y = group.y + group.radius + 10;
      const box = around(group.x, y, group.name.length * 6.6 + 8, 15);
      if (taken.some((other) => meets(other, box))) continue;
      taken.push(box);
      named.add(group.name);
      put(group.name, group.x, y, 11.5, "gm-place");
    }
    const scale = (256 * 2 ** zoom) / 360;
    for (const [words, , [lon, lat, width]] of countries) {
      const room = width * scale;
      const size = Math.max(10, Math.min(15, 8 + room / 45));
      const long = words.length * size * 0.64;
      const { x, y } = map.project([lat, lon], zoom);
      if (long > room * 1.05 || room < 26) continue;
      const shifts = [0, -20, 20, -38, 38, -56, 56].filter((dy) => Math.abs(dy) <= room * 0.3);
      const shift = shifts.find((dy) => {
        const box = around(x, y + dy, long, size + 2);
        return holds(view, box) && !taken.some((other) => meets(other, box));
      });
      if (shift === undefined) continue;
      taken.push(around(x, y + shift, long + 6, size + 6));
      put(words, x, y + shift, size, "");
    }
  };

  return { draw, name };
})();
