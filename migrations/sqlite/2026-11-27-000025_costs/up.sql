-- Ingredients of groups, and their prices, each valid from a day on.
CREATE TABLE ingredients (
    id BLOB PRIMARY KEY,
    cooperative_id BLOB NOT NULL REFERENCES cooperatives,
    group_id BLOB NOT NULL REFERENCES groups,
    name TEXT NOT NULL,
    unit TEXT NOT NULL,
    added_at TEXT NOT NULL,
    added_by BLOB NOT NULL REFERENCES accounts
) STRICT;
CREATE UNIQUE INDEX ingredients_group_id_name_key ON ingredients (group_id, name);
CREATE INDEX ingredients_cooperative_id_index ON ingredients (cooperative_id);
CREATE INDEX ingredients_added_by_index ON ingredients (added_by);

CREATE TABLE ingredient_prices (
    ingredient_id BLOB NOT NULL REFERENCES ingredients,
    from_day TEXT NOT NULL,
    price INTEGER NOT NULL CHECK (price >= 0 AND price <= 1000000000),
    noted_at TEXT NOT NULL,
    noted_by BLOB NOT NULL REFERENCES accounts,
    PRIMARY KEY (ingredient_id, from_day)
) STRICT;
CREATE INDEX ingredient_prices_noted_by_index ON ingredient_prices (noted_by);

-- Recipes: the yield, ingredients and energy of one run; packaging and labour of one unit; the fixed cost of a batch.
CREATE TABLE recipes (
    product_id BLOB PRIMARY KEY REFERENCES products (id),
    cooperative_id BLOB NOT NULL REFERENCES cooperatives,
    yields INTEGER NOT NULL CHECK (yields > 0),
    energy INTEGER NOT NULL CHECK (energy >= 0 AND energy <= 1000000000),
    packaging INTEGER NOT NULL CHECK (packaging >= 0 AND packaging <= 1000000000),
    labour INTEGER NOT NULL CHECK (labour >= 0 AND labour <= 1000000000),
    fixed INTEGER NOT NULL CHECK (fixed >= 0 AND fixed <= 1000000000),
    changed_at TEXT NOT NULL,
    changed_by BLOB NOT NULL REFERENCES accounts
) STRICT;
CREATE INDEX recipes_cooperative_id_index ON recipes (cooperative_id);
CREATE INDEX recipes_changed_by_index ON recipes (changed_by);

CREATE TABLE recipe_lines (
    product_id BLOB NOT NULL REFERENCES recipes,
    ingredient_id BLOB NOT NULL REFERENCES ingredients,
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (product_id, ingredient_id)
) STRICT;
CREATE INDEX recipe_lines_ingredient_id_index ON recipe_lines (ingredient_id);
