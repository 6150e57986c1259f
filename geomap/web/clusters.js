/* Clusters: what falls into one cell of a grid that is fixed to the world; circles that would overlap become one. */
"use strict";

const gmClusters = (() => {
  const CELL = 58; // pixels: side of a cell
  const REACH = 80; // pixels: no two circles touch that are farther apart
  const ROWS = 4194304; // more cells than a column of the deepest zoom has

  const radius = (n) => (n === 1 ? 15 : 15 + 6.5 * Math.log10(n)); // pixels

  const push = (lists, key, item) => {
    const list = lists.get(key);
    if (list) list.push(item);
    else lists.set(key, [item]);
  };

  const nearest = (kept, group, cx, cy) => {
    let [best, least] = [null, Infinity];
    for (let dx = -1; dx <= 1; dx++)
      for (let dy = -1; dy <= 1; dy++)
        for (const other of kept.get((cx + dx) * ROWS + cy + dy) ?? []) {
          const apart = Math.hypot(other.x - group.x, other.y - group.y);
          const free = radius(other.ids.length) + radius(group.ids.length) - 2;
          if (apart < free && apart < least) [best, least] = [other, apart];
        }
    return best;
  };

  /* Groups of ids with their middle in pixels at the zoom; X and Y are Mercator positions in 0..1. */
  const group = (ids, X, Y, zoom) => {
    const size = 256 * 2 ** zoom;
    const cells = new Map();
    for (const i of ids) push(cells, Math.floor((X[i] * size) / CELL) * ROWS + Math.floor((Y[i] * size) / CELL), i);
    const groups = [...cells.values()].map((members) => {
      let [x, y] = [0, 0];
      for (const i of members) [x, y] = [x + X[i], y + Y[i]];
      return { ids: members, x: (x / members.length) * size, y: (y / members.length) * size };
    });
    groups.sort((a, b) => b.ids.length - a.ids.length || a.ids[0] - b.ids[0]);
    const kept = new Map();
    const result = [];
    for (const one of groups) {
      const [cx, cy] = [Math.floor(one.x / REACH), Math.floor(one.y / REACH)];
      const other = nearest(kept, one, cx, cy);
      if (other) {
        for (const i of one.ids) other.ids.push(i);
        continue;
      }
      push(kept, cx * ROWS + cy, one);
      result.push(one);
    }
    return result;
  };

  return { group, radius };
})();
