/** Changing what is known about a meeting. */

import "./keys.js";
import {handOver} from "./form.js";

handOver();
