export { Ledger } from "./Ledger";
export { DeadLetter } from "./Letter";
export { DeadLetters } from "./Letters";
export { NewSource } from "./New";
export { Source } from "./Source";
export { Sources } from "./Sources";
