-- Among a million people nobody is looked at one by one: homes are found by how their code or address begins.
CREATE INDEX home_code_begins ON home (code text_pattern_ops);
CREATE INDEX home_address_begins ON home (address text_pattern_ops);
