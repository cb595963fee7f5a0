"""What Teams and Entra share: tokens by MSAL, and Microsoft Graph over HTTP."""
