# sudo: the admin, and nobody else.
{ names, ... }:
{
  rules = [
    {
      user = names.admin;
      # Every user and group, without a password: the admin's SSH key is the authentication, passwords do not exist.
      runAs = "ALL:ALL";
      noPassword = true;
      commands = [ "ALL" ];
    }
  ];
}
