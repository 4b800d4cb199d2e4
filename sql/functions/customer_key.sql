-- Keyed hash of a contact id or an address: the same customer has the same, and nobody without the key of this database can find out whose it is.
create or replace function genesys.customer_key(contact text, secret text)
returns text
language sql
immutable
parallel safe
as $$
    select substr(encode(sha256(convert_to(secret || ':' || contact, 'UTF8')), 'hex'), 1, 32)
$$;

comment on function genesys.customer_key is 'First half of SHA-256 over a secret of this database (extract.settings, customer_secret) and the contact, in hexadecimal. Columns customer_key.';
