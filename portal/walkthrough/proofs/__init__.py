"""What proves the walkthrough's sealed file: other people's verifiers, our verify page, and changes they must refuse."""
