/** Changing what is known about a meeting, and adding what was written during it. */

import {key} from "./keys.js";
import {taking, unfinished} from "./files.js";
import {handOver} from "./form.js";

taking();
key("o", "選擇檔案", "Choose files", () => document.getElementById("choose").click());

handOver(unfinished);
