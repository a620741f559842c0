import { i18n } from "@lingui/core";
import { messages } from "../locale/en";

i18n.loadAndActivate({ locale: "en", messages });
