/** How a field of a node is read: a value that means nothing by itself, other nodes, or a node of a known kind. */
export type Field = "value" | "nodes" | (string & {});

/**
 * The nodes of PostgreSQL's grammar that a question may be made of, with their fields. What is not here is
 * refused, also what later versions of the grammar bring.
 */
export const NODES: Readonly<Record<string, Readonly<Record<string, Field>>>> = {
  SelectStmt: {
    distinctClause: "nodes",
    targetList: "nodes",
    fromClause: "nodes",
    whereClause: "nodes",
    groupClause: "nodes",
    groupDistinct: "value",
    havingClause: "nodes",
    windowClause: "nodes",
    valuesLists: "nodes",
    sortClause: "nodes",
    limitOffset: "nodes",
    limitCount: "nodes",
    limitOption: "value",
    withClause: "WithClause",
    op: "value",
    all: "value",
    larg: "SelectStmt",
    rarg: "SelectStmt",
  },
  WithClause: { ctes: "nodes", recursive: "value" },
  CommonTableExpr: {
    ctename: "value",
    aliascolnames: "nodes",
    ctematerialized: "value",
    ctequery: "nodes",
  },
  ResTarget: { name: "value", val: "nodes" },
  RangeVar: {
    schemaname: "value",
    relname: "value",
    inh: "value",
    relpersistence: "value",
    alias: "Alias",
  },
  RangeSubselect: { lateral: "value", subquery: "nodes", alias: "Alias" },
  RangeFunction: { lateral: "value", ordinality: "value", functions: "nodes", alias: "Alias" },
  JoinExpr: {
    jointype: "value",
    isNatural: "value",
    larg: "nodes",
    rarg: "nodes",
    usingClause: "nodes",
    join_using_alias: "Alias",
    quals: "nodes",
    alias: "Alias",
    rtindex: "value",
  },
  Alias: { aliasname: "value", colnames: "nodes" },
  ColumnRef: { fields: "nodes" },
  A_Star: {},
  A_Const: {
    isnull: "value",
    ival: "value",
    fval: "value",
    boolval: "value",
    sval: "value",
  },
  A_Expr: {
    kind: "value",
    name: "nodes",
    lexpr: "nodes",
    rexpr: "nodes",
    rexpr_list_start: "value",
    rexpr_list_end: "value",
  },
  A_ArrayExpr: { elements: "nodes", list_start: "value", list_end: "value" },
  A_Indirection: { arg: "nodes", indirection: "nodes" },
  A_Indices: { is_slice: "value", lidx: "nodes", uidx: "nodes" },
  BoolExpr: { boolop: "value", args: "nodes" },
  NullTest: { arg: "nodes", nulltesttype: "value" },
  BooleanTest: { arg: "nodes", booltesttype: "value" },
  CaseExpr: { arg: "nodes", args: "nodes", defresult: "nodes" },
  CaseWhen: { expr: "nodes", result: "nodes" },
  CoalesceExpr: { args: "nodes" },
  MinMaxExpr: { op: "value", args: "nodes" },
  SubLink: { subLinkType: "value", testexpr: "nodes", operName: "nodes", subselect: "nodes" },
  RowExpr: { args: "nodes", row_format: "value" },
  FuncCall: {
    funcname: "nodes",
    args: "nodes",
    agg_order: "nodes",
    agg_filter: "nodes",
    over: "WindowDef",
    agg_within_group: "value",
    agg_star: "value",
    agg_distinct: "value",
    funcformat: "value",
  },
  SQLValueFunction: { op: "value", typmod: "value" },
  TypeCast: { arg: "nodes", typeName: "TypeName" },
  TypeName: { names: "nodes", typmods: "nodes", typemod: "value", arrayBounds: "nodes" },
  SortBy: { node: "nodes", sortby_dir: "value", sortby_nulls: "value" },
  WindowDef: {
    name: "value",
    refname: "value",
    partitionClause: "nodes",
    orderClause: "nodes",
    frameOptions: "value",
    startOffset: "nodes",
    endOffset: "nodes",
  },
  GroupingSet: { kind: "value", content: "nodes" },
  GroupingFunc: { args: "nodes" },
  List: { items: "nodes" },
  String: { sval: "value" },
  Integer: { ival: "value" },
};

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/u));

/** They read nothing but their arguments, change nothing, and answer nothing much longer than these. */
export const FUNCTIONS = words(
  `
  count sum avg min max bool_and bool_or every string_agg stddev stddev_pop stddev_samp variance var_pop var_samp
  corr percentile_cont percentile_disc mode
  row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value
  now transaction_timestamp date_trunc date_part date_bin extract age to_char to_date to_timestamp make_date
  make_time make_timestamp make_timestamptz make_interval justify_days justify_hours justify_interval timezone
  overlaps isfinite
  lower upper initcap length char_length character_length octet_length btrim ltrim rtrim substr substring left right
  position strpos split_part replace translate concat concat_ws starts_with reverse ascii md5 like_escape
  similar_to_escape regexp_like regexp_count regexp_replace regexp_substr string_to_array array_to_string
  abs ceil ceiling floor round trunc sign sqrt cbrt mod div ln log width_bucket
  num_nulls num_nonnulls cardinality array_length array_position unnest
  jsonb_array_elements jsonb_array_elements_text jsonb_array_length jsonb_object_keys jsonb_each_text jsonb_typeof
  jsonb_extract_path jsonb_extract_path_text generate_series`.trim(),
);

/** What serves in place of a function that is not taken. */
export const INSTEAD: Readonly<Record<string, string>> = {
  array_agg: "string_agg",
  json_agg: "string_agg",
  jsonb_agg: "string_agg",
  format: "concat",
};

export const OPERATORS = words(
  "+ - * / % = <> < > <= >= || ~~ !~~ ~~* !~~* ~ ~* !~ !~* ^@ -> ->> #> #>> @> <@ &&",
);

export const TYPES = words(
  "int2 int4 int8 numeric float4 float8 bool text varchar date time timestamp timestamptz interval json jsonb",
);

/** Values that the grammar has words for: dates and times, not who asks. */
export const VALUE_WORDS = words(
  "SVFOP_CURRENT_DATE SVFOP_CURRENT_TIME SVFOP_CURRENT_TIMESTAMP SVFOP_LOCALTIME SVFOP_LOCALTIMESTAMP",
);
