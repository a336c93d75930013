DROP TABLE gateway_notifications;
DROP TABLE gateway_charges;
