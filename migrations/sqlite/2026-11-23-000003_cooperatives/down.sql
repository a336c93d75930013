DROP TABLE invitations;
DROP TABLE memberships;
DROP TABLE groups;
DROP TABLE delivery_zones;
DROP TABLE pickup_points;
DROP TABLE assignments;
DROP TABLE cooperatives;
DROP TABLE places;
