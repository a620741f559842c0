export { Silence } from "./Detail";
export { NewSilence } from "./Form";
export { Silences } from "./Silences";
