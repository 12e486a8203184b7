// Flame graphs: a click makes a frame as wide as the picture, a search marks what it finds. Without it they are pictures.
"use strict";
(() => {
  const NEAR = 1e-3, LEGIBLE = 1.2;
  const all = (selector, root) => [...root.querySelectorAll(selector)];
  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  for (const holder of all(".flame-of", document)) {
    const frames = all("svg.frame", holder).map(element => ({
      element, name: element.dataset.frame, left: parseFloat(element.getAttribute("x")),
      width: parseFloat(element.getAttribute("width")), height: parseFloat(element.getAttribute("y")),
    }));
    if (!frames.length) continue;
    const whole = frames[0];
    const holds = (outer, inner) => outer.left <= inner.left + NEAR && outer.left + outer.width >= inner.left + inner.width - NEAR;
    const legible = (frame, width) => {
      if (width < LEGIBLE || frame.element.querySelector("text")) return;
      const text = document.createElementNS(frame.element.namespaceURI, "text");
      text.setAttribute("x", 4);
      text.setAttribute("y", 12.5);
      text.setAttribute("class", "added");
      text.textContent = frame.name;
      frame.element.append(text);
    };
    const zoom = to => {
      for (const frame of frames) {
        const below = frame.height >= to.height && holds(frame, to);
        const above = frame.height <= to.height && holds(to, frame);
        frame.element.style.display = below || above ? "" : "none";
        const width = below ? 100 : 100 * frame.width / to.width;
        frame.element.setAttribute("x", `${below ? 0 : 100 * (frame.left - to.left) / to.width}%`);
        frame.element.setAttribute("width", `${width}%`);
        frame.element.classList.toggle("outside", below && frame !== to);
        legible(frame, width);
      }
      back.disabled = to === whole;
    };
    const back = make("button", { type: "button", textContent: "Whole graph", disabled: true });
    back.addEventListener("click", () => zoom(whole));
    const found = make("output", {});
    const search = make("input", { type: "search", placeholder: "Search a function" });
    search.setAttribute("aria-label", "Search a function");
    search.addEventListener("input", () => {
      const wanted = search.value.trim().toLowerCase();
      let covered = 0, end = 0;
      const hits = frames.filter(frame => {
        const hit = wanted !== "" && frame.name.toLowerCase().includes(wanted);
        frame.element.classList.toggle("hit", hit);
        frame.element.classList.toggle("missed", wanted !== "" && !hit);
        return hit;
      }).sort((a, b) => a.left - b.left || b.width - a.width);
      for (const hit of hits) {
        covered += Math.max(0, hit.left + hit.width - Math.max(end, hit.left));
        end = Math.max(end, hit.left + hit.width);
      }
      found.textContent = wanted ? `${covered.toFixed(1)} % of the samples` : "";
    });
    holder.addEventListener("click", event => {
      const frame = frames.find(one => one.element === event.target.closest("svg.frame"));
      if (frame) zoom(frame);
    });
    holder.prepend(make("p", { className: "flame-tools" }, search, back, found));
  }
})();
