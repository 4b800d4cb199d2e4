-- One row per cause of a missing wrap-up code, leaks first.
-- @definitions dim_wrapup_causes
select
    causes.wrapup_cause,
    causes.is_expected,
    causes.meaning,
    causes.action
from mart.dim_wrapup_causes as causes
order by causes.is_expected, causes.tested_order nulls last, causes.conversation_tested_order
