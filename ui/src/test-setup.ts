import { config } from "@vue/test-utils";
import { makeI18n } from "@/i18n";

config.global.plugins = [makeI18n("zh-CN")];
