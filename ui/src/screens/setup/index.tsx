export { Audit } from "./Audit";
export { Config } from "./Config";
export { JobPage } from "./JobPage";
export { Keys } from "./Keys";
export { Roles } from "./Roles";
export { System } from "./System";
