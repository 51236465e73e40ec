// Looks at everything that is seen: letters too faint (WCAG AA) or too small, buttons too low
// for a thumb, controls without a name.
(() => {
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((part) => {
      const one = part / 255;
      return one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const parts = (colour) => (colour.match(/[\d.]+/g) || []).map(Number);
  const ground = (element) => {
    for (let here = element; here; here = here.parentElement) {
      const [r, g, b, a] = parts(getComputedStyle(here).backgroundColor);
      if (a === undefined || a === 1) return [r, g, b];
    }
    return [255, 255, 255];
  };
  const seen = (element) => element.getClientRects().length > 0 && !element.closest(".unseen, .skip");
  const name = (element) => `${element.tagName}#${element.id}.${element.className}`;
  const found = { faint: [], small: [], low: [], nameless: [] };
  for (const element of document.body.querySelectorAll("*")) {
    if (!seen(element)) continue;
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    const style = getComputedStyle(element);
    if (own || element.matches("textarea, input")) {
      const lights = [luminance(parts(style.color).slice(0, 3)), luminance(ground(element))].sort((a, b) => b - a);
      if ((lights[0] + 0.05) / (lights[1] + 0.05) < 4.5) found.faint.push(name(element));
      if (parseFloat(style.fontSize) < 16) found.small.push(name(element));
    }
    if (!element.matches("button, input, textarea, summary") || element.matches(":disabled")) continue;
    if (element.getBoundingClientRect().height < 48) found.low.push(name(element));
    const label = element.labels && element.labels.length ? element.labels[0].textContent : "";
    if (!(element.textContent + label + (element.getAttribute("aria-label") || "")).trim()) found.nameless.push(name(element));
  }
  return found;
})()
