-- Pairs with an interest in each other are part of what a draw followed from: "home/account".
ALTER TABLE inspection ADD COLUMN barred text[];
