export { default } from "./ReviewPage";
