import said from "../said/de.json";

const files = import.meta.glob<Record<string, unknown>>("./*.json", { eager: true, import: "default" });

export const words = Object.fromEntries(Object.entries(files).map(([path, bundle]) => [path.slice(2, -5), bundle]));
export { said };
