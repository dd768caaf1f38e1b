"""`python -m quantbc`: the same command, where its script is not on the path."""

from quantbc.cli import main

if __name__ == "__main__":
    main()
