// Looks bounds up in tables: a term is a sum of products of tables, a table is interpolated. No formula lives here.
(() => {
  "use strict";
  const POINTS = 6; // nodes used along an axis
  const root = document.getElementById("explorer");
  const data = JSON.parse(document.getElementById("explorer-data").textContent);
  const find = (selector) => root.querySelector(selector);

  // ---- tables

  const scales = {
    linear: (x) => x,
    log: Math.log,
    centred: (x) => Math.asinh((x - 1) / data.centred_width),
  };

  function unpack(text, row, quantum) { // seven bits a byte, second differences along rows
    const bytes = atob(text);
    const numbers = [];
    let [value, step, rest, place] = [0, 0, 0, 1];
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes.charCodeAt(i);
      rest += (byte & 127) * place;
      place *= 128;
      if (byte > 127) continue;
      if (numbers.length % row === 0) [value, step] = [0, 0];
      step += rest % 2 ? -(rest + 1) / 2 : rest / 2;
      value += step;
      numbers.push(value * quantum);
      [rest, place] = [0, 1];
    }
    return numbers;
  }

  for (const table of Object.values(data.tables)) {
    for (const axis of table.axes) axis.places = axis.nodes.map(scales[axis.scale]);
    const row = table.axes[table.axes.length - 1].nodes.length;
    table.values = unpack(table.numbers, row, table.quantum);
  }

  // The nodes around a value, as [first, weights of the polynomial through them].
  function around(axis, value) {
    const { nodes, places } = axis;
    const last = nodes.length - 1;
    const x = scales[axis.scale](value);
    const slack = 1e-6 * (places[last] - places[0]); // products of tables round
    if (!(x >= places[0] - slack && x <= places[last] + slack)) {
      throw new RangeError(`${axis.of} must be in [${nodes[0]}, ${nodes[last]}], got ${value}`);
    }
    let [low, high] = [0, last];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (places[middle] <= x) low = middle; else high = middle;
    }
    const used = Math.min(POINTS, nodes.length);
    const first = Math.max(0, Math.min(low + 1 - used / 2, nodes.length - used));
    const mine = places.slice(first, first + used);
    return [first, mine.map((own) => mine.reduce((w, other) => (other === own ? w : w * (x - other) / (own - other)), 1))];
  }

  function lookUp(table, values) {
    const { axes } = table;
    if (axes.some((axis) => axis.of in table.zero && values[axis.of] === table.zero[axis.of])) return 0;
    const near = axes.map((axis) => around(axis, values[axis.of]));
    const sum = (depth, offset) => {
      if (depth === axes.length) return table.values[offset];
      const [first, weights] = near[depth];
      const start = offset * axes[depth].nodes.length + first;
      return weights.reduce((total, weight, i) => total + weight * sum(depth + 1, start + i), 0);
    };
    const value = sum(0, 0);
    return table.log ? Math.exp(value) : value;
  }

  const product = (names, values) => names.reduce((all, name) => all * lookUp(data.tables[name], values), 1);

  function bound(key, chosen) {
    const values = { ...chosen };
    for (const [name, factors] of Object.entries(data.quantities)) {
      if (data.statements[key].quantities.includes(name)) values[name] = product(factors, chosen);
    }
    const result = { total: 0 };
    for (const [term, products] of Object.entries(data.statements[key].terms)) {
      result[term] = products.reduce((sum, names) => sum + product(names, values), 0);
      result.total += result[term];
    }
    return result;
  }
  root.bound = bound; // for whoever checks the page

  // ---- numbers as text

  const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";
  const power = (exponent) => "10" + [...String(exponent)].map((sign) => RAISED[sign] || "⁻").join("");
  const grouped = (x) => x.toLocaleString("en", { maximumFractionDigits: 6 });

  function digits(x) {
    if (x === 0) return "0";
    if (x > data.most) return `more than ${power(Math.round(Math.log10(data.most)))}`;
    if (x >= 1000) return grouped(Number(x.toPrecision(3)));
    if (x >= 0.001) return x.toPrecision(3);
    const [mantissa, exponent] = x.toExponential(2).split("e");
    return `${mantissa}·${power(Number(exponent))}`;
  }

  // ---- the chart

  const SVG = "http://www.w3.org/2000/svg";
  const TERMS = ["imitation", "decoupling", "drift"];

  function draw(parent, name, attributes, text) {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text !== undefined) element.textContent = text;
    parent.append(element);
    return element;
  }

  function curve(key, chosen) { // the bound at the horizons of the slider
    return data.sliders.find((slider) => slider.name === "H").values.map((H) => ({ H, ...bound(key, { ...chosen, H }) }));
  }

  function frame(rows) { // decades that show the bound and the trivial one
    const totals = rows.map((row) => row.total).filter((total) => total > 0);
    const last = rows[rows.length - 1];
    const top = Math.ceil(Math.log10(Math.max(last.H, Math.min(last.total, 100 * last.H))));
    const bottom = Math.max(Math.floor(Math.log10(Math.min(1, ...totals))), top - 8);
    return { top, bottom };
  }

  function axes(chart, box, x, y, { top, bottom }, last) {
    for (let exponent = bottom; exponent <= top; exponent++) {
      const place = y(10 ** exponent);
      draw(chart, "line", { class: "explorer-grid", x1: box.left, x2: box.right, y1: place, y2: place });
      const label = Math.abs(exponent) < 4 ? grouped(10 ** exponent) : power(exponent);
      draw(chart, "text", { x: box.left - 6, y: place + 4, "text-anchor": "end" }, label);
    }
    for (let H = 1; H <= last; H *= 10) {
      draw(chart, "line", { class: "explorer-grid", x1: x(H), x2: x(H), y1: box.top, y2: box.bottom });
      draw(chart, "text", { x: x(H), y: box.bottom + 17, "text-anchor": "middle" }, grouped(H));
    }
    draw(chart, "text", { x: (box.left + box.right) / 2, y: box.bottom + 36, "text-anchor": "middle" }, "horizon H (steps)");
    draw(chart, "text", { x: 4, y: 13 }, "regret over one episode (reward units)");
  }

  function path(rows, name, x, y, floor) {
    const points = rows.filter((row) => row[name] > floor);
    return points.map((row, i) => `${i ? "L" : "M"}${x(row.H).toFixed(1)} ${y(row[name]).toFixed(1)}`).join("");
  }

  function spread(ends, box) { // labels in a column, kept apart
    const placed = ends.sort((a, b) => a.y - b.y);
    placed.forEach((end, i) => { if (i) end.y = Math.max(end.y, placed[i - 1].y + 15); });
    for (let i = placed.length - 1, limit = box.bottom; i >= 0; i--, limit -= 15) placed[i].y = Math.min(placed[i].y, limit);
    return placed;
  }

  function labels(chart, rows, lines, x, y, box) { // at the right end, or where a curve leaves the chart
    const [inside, leaving] = [[], []];
    for (const name of lines) {
      const leaves = y(rows[rows.length - 1][name]) < box.top - 1;
      const beside = rows.find((row) => y(row[name]) < box.top + 40); // left of the curve as far down as labels go
      const text = { total: "bound", H: "trivial H" }[name] || name;
      if (leaves) leaving.push({ text, x: x(beside.H) - 10, y: box.top + 14 });
      else inside.push({ text, x: box.right + 6, y: y(rows[rows.length - 1][name]) });
    }
    for (const [ends, anchor] of [[inside, "start"], [leaving, "end"]]) {
      for (const end of spread(ends, box)) {
        draw(chart, "text", { class: "halo", x: end.x, y: end.y + 4, "text-anchor": anchor }, end.text);
      }
    }
  }

  function mark(chart, at, value, y, box) { // where the reader is; an arrow if that is above the chart
    const place = y(value);
    const foot = box.top + 13;
    const arrow = `${at - 7},${foot} ${at + 7},${foot} ${at},${box.top + 1}`;
    if (place < box.top - 1) draw(chart, "polygon", { class: "explorer-point", points: arrow });
    else draw(chart, "circle", { class: "explorer-point", cx: at, cy: Math.min(place, box.bottom), r: 6 });
  }

  function redraw(chart, key, chosen) {
    const width = Math.max(280, chart.parentElement.clientWidth);
    const height = Math.round(Math.min(440, Math.max(300, 0.55 * width)));
    const box = { left: 46, right: width - 84, top: 24, bottom: height - 44 };
    const rows = curve(key, chosen);
    const range = frame(rows);
    const last = rows[rows.length - 1].H;
    const x = (H) => box.left + (box.right - box.left) * Math.log(H) / Math.log(last);
    const share = (value) => Math.min(2, (Math.log10(value) - range.bottom) / (range.top - range.bottom));
    const y = (value) => box.bottom - (box.bottom - box.top) * share(value);
    chart.setAttribute("viewBox", `0 0 ${width} ${height}`);
    chart.replaceChildren();
    const above = `${x(1)},${y(1)} ${x(last)},${y(last)} ${x(last)},${box.top} ${x(1)},${box.top}`;
    draw(chart, "polygon", { class: "explorer-shade", points: above });
    axes(chart, box, x, y, range, last);
    draw(chart, "text", { class: "halo", x: x(1) + 8, y: box.top + 18 }, "vacuous");
    const size = { x: 0, y: box.top - 2, width, height: box.bottom - box.top + 4 };
    const plot = draw(chart, "svg", { ...size, viewBox: `0 ${size.y} ${width} ${size.height}`, "aria-hidden": "true" });
    const floor = 10 ** range.bottom;
    const lines = [...TERMS, "total"].filter((name) => rows.some((row) => row[name] > floor));
    for (const name of lines) draw(plot, "path", { class: `explorer-${name}`, d: path(rows, name, x, y, floor) });
    draw(plot, "path", { class: "explorer-trivial", d: `M${x(1)} ${y(1)}L${x(last)} ${y(last)}` });
    labels(chart, rows, [...lines, "H"], x, y, box);
    mark(chart, x(chosen.H), bound(key, chosen).total, y, box);
  }

  // ---- the controls

  const statement = find("#explorer-statement");
  const inputs = data.sliders.map((slider) => ({ ...slider, input: find(`#explorer-${slider.name}`) }));
  const shown = (slider, value) => `${grouped(value)} ${slider.unit}`.trim();
  const used = (key) => new Set(data.statements[key].symbols);

  function tell(name, result, H) {
    const total = digits(result.total);
    const summary = find(".explorer-summary");
    const vacuous = result.total >= H;
    const share = 100 * result.total / H;
    const most = TERMS.reduce((a, b) => (result[b] > result[a] ? b : a));
    summary.replaceChildren(
      result.total > data.most
        ? `${name}: the bound is ${total}. `
        : `${name}: with probability at least ${data.confidence}, total regret is at most ${total}. `,
      `The trivial bound is H = ${grouped(H)}. `,
    );
    const verdict = document.createElement("span");
    verdict.className = vacuous ? "vacuous" : "informative";
    verdict.textContent = vacuous
      ? "Vacuous: no better than the trivial bound. "
      : `Not vacuous: ${share < 0.1 ? "less than 0.1" : share.toPrecision(2)} % of the trivial bound. `;
    summary.append(verdict, `Largest term: ${most}.`);
  }

  function update() {
    const key = statement.value;
    const chosen = {};
    for (const slider of inputs) {
      const value = slider.values[slider.input.valueAsNumber];
      chosen[slider.name] = value;
      slider.input.disabled = !used(key).has(slider.name);
      const words = slider.input.disabled ? "not used" : shown(slider, value);
      find(`#explorer-${slider.name}-value`).textContent = words;
      slider.input.setAttribute("aria-valuetext", words);
    }
    const result = bound(key, chosen);
    for (const cell of root.querySelectorAll("[data-term]")) {
      cell.textContent = cell.dataset.term === "trivial" ? grouped(chosen.H) : digits(result[cell.dataset.term]);
    }
    for (const note of root.querySelectorAll("[data-statement]")) note.hidden = note.dataset.statement !== key;
    tell(statement.selectedOptions[0].dataset.name, result, chosen.H);
    redraw(find(".explorer-chart"), key, chosen);
  }

  for (const slider of inputs) {
    slider.input.value = String(slider.start);
    slider.input.addEventListener("input", update);
  }
  statement.addEventListener("change", update);
  find(".explorer-live").hidden = false;
  let width = 0;
  new ResizeObserver(([entry]) => { // labels keep their size on any screen
    if (Math.abs(entry.contentRect.width - width) < 1) return;
    width = entry.contentRect.width;
    update();
  }).observe(find(".explorer-figure"));
  update();
})();
