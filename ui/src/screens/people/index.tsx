export { People } from "./People";
export { Person } from "./Person";
