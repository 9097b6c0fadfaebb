// Before first paint: the theme chosen on this device, else the system's.
(() => {
  let chosen = "auto";
  try {
    chosen = localStorage.getItem("labelwright-theme") || "auto";
  } catch {}
  const dark = chosen === "dark" || (chosen === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
})();
