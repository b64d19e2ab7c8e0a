"""What was asked and answered. Importing it gives the plan its source of facts."""

from review import standings as standings
