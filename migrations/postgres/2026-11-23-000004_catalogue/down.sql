DROP TABLE photos;
DROP TABLE products;
