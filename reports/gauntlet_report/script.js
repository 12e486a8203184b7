// Hover values, series toggles, a filter of runtimes and weights of one's own. The page says everything without it.
"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  // Names are compared as data, never put into a selector or into markup.
  const of = (name, root) => all("[data-runtime]", root).filter(
    element => element.dataset.runtime === name || element.dataset.runtime === `${name} · A/A`);

  function filter() {
    const chips = all(".runtimes li[data-runtime]");
    if (chips.length < 2) return;
    const hidden = new Set();
    const count = make("span", { className: "quiet" });
    const panel = make("div", { className: "panel" });
    const boxes = chips.map(chip => {
      const name = chip.dataset.runtime;
      const box = make("input", { type: "checkbox", checked: true, value: name });
      box.addEventListener("change", () => {
        hidden[box.checked ? "delete" : "add"](name);
        of(name, document.querySelector("main")).forEach(element => element.classList.toggle("off", !box.checked));
        count.textContent = hidden.size ? ` ${boxes.length - hidden.size} of ${boxes.length}` : "";
      });
      panel.append(make("label", {}, box, chip.querySelector(".name").cloneNode(true)));
      return box;
    });
    const button = (text, checked) => {
      const made = make("button", { type: "button", textContent: text });
      made.addEventListener("click", () => boxes.filter(box => box.checked !== checked).forEach(box => box.click()));
      return made;
    };
    panel.append(make("p", {}, button("All", true), button("None", false)));
    const menu = make("details", { className: "filter" }, make("summary", {}, "Runtimes", count), panel);
    document.addEventListener("click", event => { if (!menu.contains(event.target)) menu.open = false; });
    document.addEventListener("keydown", event => { if (event.key === "Escape") menu.open = false; });
    document.querySelector("nav").append(menu);
  }

  function toggles() {
    for (const key of all("figure .key li[data-runtime]")) {
      const figure = key.closest("figure"), name = key.dataset.runtime;
      const drawn = of(name, figure).filter(element => element.closest("svg[role=img]"));
      const button = make("button", { type: "button", title: "Show or hide" });
      button.append(...key.childNodes);
      button.setAttribute("aria-pressed", "true");
      button.addEventListener("click", () => {
        const shown = button.getAttribute("aria-pressed") !== "true";
        button.setAttribute("aria-pressed", shown);
        drawn.forEach(element => element.classList.toggle("muted", !shown));
      });
      key.append(button);
    }
  }

  function tips() {
    const tip = make("div", { className: "tip", hidden: true });
    tip.setAttribute("aria-hidden", "true"); // the tables behind the charts say the same
    document.body.append(tip);
    let lit = null;
    const dark = () => {
      if (lit) all(".dim", lit).forEach(element => element.classList.remove("dim"));
      lit = null;
      tip.hidden = true;
    };
    document.addEventListener("pointerover", event => {
      const target = event.target.closest?.("[data-tip]");
      dark();
      if (!target) return;
      lit = target.closest("svg");
      const name = target.dataset.runtime;
      all("[data-runtime]", lit).forEach(element => element.classList.toggle("dim", element.dataset.runtime !== name));
      tip.replaceChildren(make("b", { textContent: name ?? target.dataset.frame }), make("span", { textContent: target.dataset.tip }));
      tip.hidden = false;
      const width = document.documentElement.clientWidth;
      const left = Math.min(event.clientX + 14, width - tip.offsetWidth - 8);
      tip.style.left = `${Math.max(8, left)}px`;
      tip.style.top = `${Math.max(8, event.clientY - tip.offsetHeight - 12)}px`;
    });
    document.addEventListener("scroll", dark, { passive: true });
  }

  function weights() {
    for (const table of all(".ranks")) {
      const stated = table.dataset.weights.split(" ").map(Number);
      const rows = all("tbody tr", table);
      const names = all("thead th", table).slice(-stated.length).map(head => head.childNodes[1].textContent);
      const sliders = stated.map((weight, place) => {
        const slider = make("input", { type: "range", min: 0, max: 100, value: weight });
        slider.setAttribute("aria-label", `Weight of ${names[place]}`);
        return slider;
      });
      const shares = stated.map(() => make("output"));
      const rank = () => {
        const total = sliders.reduce((sum, slider) => sum + Number(slider.value), 0) || 1;
        const share = sliders.map(slider => Number(slider.value) / total);
        shares.forEach((output, place) => { output.textContent = `${Math.round(100 * share[place])} %`; });
        const scored = rows.map(row => {
          const pulls = row.dataset.logs.split(" ").map((log, place) => Number(log) * share[place]);
          return { row, pulls, sum: pulls.reduce((sum, pull) => sum + pull, 0) };
        }).sort((a, b) => a.sum - b.sum);
        const longest = scored.at(-1).sum || 1;
        scored.forEach(({ row, pulls, sum }, index) => {
          const level = scored.filter(other => Math.abs(other.sum - sum) < 1e-9).length > 1;
          const place = scored.findIndex(other => Math.abs(other.sum - sum) < 1e-9) + 1;
          row.querySelector(".place").textContent = place + (level ? "=" : "");
          row.querySelector(".score b").textContent = `${Math.exp(sum).toFixed(3)}×`;
          row.querySelector(".track span").replaceChildren(...pulls.map((pull, step) => {
            const part = make("i", { className: `s${step}` });
            part.style.width = `${100 * pull / longest}%`;
            return part;
          }));
          table.tBodies[0].append(row);
        });
      };
      const reset = make("button", { type: "button", textContent: "As published" });
      reset.addEventListener("click", () => {
        sliders.forEach((slider, place) => { slider.value = stated[place]; });
        rank();
      });
      const panel = make("div", { className: "weights" }, ...sliders.map((slider, place) => {
        slider.addEventListener("input", rank);
        return make("label", {}, make("span", { textContent: names[place] }), slider, shares[place]);
      }), reset);
      table.closest(".scroll").after(make("details", {}, make("summary", { textContent: "Try other weights" }), panel));
      shares.forEach((output, place) => { output.textContent = `${stated[place]} %`; });
    }
  }

  function unfold() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let at = target?.parentElement; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    if (target?.tagName === "DETAILS") target.open = true;
    target?.scrollIntoView();
  }

  document.documentElement.classList.add("scripted");
  filter();
  toggles();
  tips();
  weights();
  addEventListener("hashchange", unfold);
  unfold();
})();
