# For `odoo shell`: applies the part of the policy that Odoo stores in its database. Environment: WEB_PASSWORD.
import json
import os
from datetime import datetime

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
if not policy["cronsByClock"]:
    # Runs each scheduled action once, as its own user and outside the scheduler, which has a limit of ten seconds.
    for cron in env["ir.cron"].search([("active", "=", True)], order="priority, id"):
        print(f"odoo-setup: {cron.cron_name}", flush=True)
        job = cron.with_user(cron.user_id).with_context(cron_id=cron.id, lastcall=cron.lastcall)
        job.ir_actions_server_id.run()
        env.cr.commit()
        cron.write({"lastcall": datetime.now(), "nextcall": datetime(2999, 12, 31)})
        env.cr.commit()
    # Also removes pending triggers: an installation triggers the clean-up one minute later, when the template or a fork runs.
    env["ir.cron.trigger"].search([]).unlink()
    env.cr.commit()
# Builds the assets that the first visitor of the login page and of the application would wait for (20 s on an emulated CPU).
qweb = env["ir.qweb"]
for bundle in ("web.assets_frontend_minimal", "web.assets_frontend_lazy", "web.assets_web"):
    qweb._get_asset_bundle(bundle, css=False, js=True).js()
for bundle in ("web.assets_frontend", "web.assets_web", "web.assets_web_print"):
    qweb._get_asset_bundle(bundle, css=True, js=False).css()
env.cr.commit()
print("odoo-setup: done")
