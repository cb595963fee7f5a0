// Starts the design system's components. Every page works without it.
import { initAll } from "./nhsuk.js";

initAll();
