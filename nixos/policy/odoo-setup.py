# For `odoo shell`: what of the policy lies in Odoo's database. Environment: WEB_PASSWORD.
import json
import os

with open("/run/odoo-policy.json", encoding="utf-8") as file:
    policy = json.load(file)
user = env["res.users"].search([("login", "=", policy["login"])])
assert len(user) == 1, f"{len(user)} users are called {policy['login']}"
user.password = os.environ["WEB_PASSWORD"]
for key, value in policy["parameters"].items():
    env["ir.config_parameter"].set_param(key, value)
for name in policy["disabledCrons"]:
    env.ref(name).active = False
env.cr.commit()
# What the first visitor of the login page and of the application would wait for (20 s on an emulated CPU).
qweb = env["ir.qweb"]
for bundle in ("web.assets_frontend_minimal", "web.assets_frontend_lazy", "web.assets_web"):
    qweb._get_asset_bundle(bundle, css=False, js=True).js()
for bundle in ("web.assets_frontend", "web.assets_web", "web.assets_web_print"):
    qweb._get_asset_bundle(bundle, css=True, js=False).css()
env.cr.commit()
print("odoo-setup: done")
