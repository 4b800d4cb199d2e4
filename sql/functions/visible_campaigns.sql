-- Campaigns whose current division a role may see; none where it sees all, since then nobody asks.
create or replace function genesys.visible_campaigns(acting_role name, login_role name)
returns setof uuid
language sql
stable
security definer
parallel safe
cost 1
begin atomic
    select campaigns.campaign_id
    from genesys.campaigns as campaigns
    where
        campaigns.valid_to is null
        and campaigns.division_id in (select unnest(genesys.visible_divisions(acting_role, login_role)));
end;

comment on function genesys.visible_campaigns is 'Campaigns of the divisions that a role may see, given the current role and the one that logged in.';
