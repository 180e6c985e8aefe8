"""DocuSign: envelopes of our own account, one for each agreement that is signed there."""
