"""Services ordered from a menu: who asked, who came, what it cost, and whether it was good."""
