export { default } from "./AdjudicatePage";
