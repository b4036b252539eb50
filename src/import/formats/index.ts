import type { Format } from "./format.ts";
import { quicketCheckins, quicketRegistrations } from "./quicket.ts";
import { ratings } from "./ratings.ts";
import { sessionize } from "./sessionize.ts";
import type { ShopFormat } from "./ticket_shop.ts";
import { walkUp } from "./walkup.ts";

/** Registrations of ticket shops: another shop is another line. */
export const SHOPS = {
  quicket_registrations: quicketRegistrations,
} satisfies Record<string, ShopFormat>;

export type ShopType = keyof typeof SHOPS;

export const SHOP_TYPES = Object.keys(SHOPS) as ShopType[];

const ALL = {
  ...SHOPS,
  quicket_checkins: quicketCheckins,
  walkup: walkUp,
  sessionize,
  ratings,
};

export type ImportType = keyof typeof ALL;

/** The rows of each export. */
export type RowsOf = {
  [Type in ImportType]: (typeof ALL)[Type] extends Format<infer Row> ? Row : never;
};

/** Every export that can be imported. */
export const FORMATS: { [Type in ImportType]: Format<RowsOf[Type]> } = ALL;

export const IMPORT_TYPES = Object.keys(FORMATS) as [ImportType, ...ImportType[]];
