"""`python -m pimdeploy` is the command line."""

from pimdeploy.cli.main import main

main()
