DROP TABLE recipe_lines;
DROP TABLE recipes;
DROP TABLE ingredient_prices;
DROP TABLE ingredients;
