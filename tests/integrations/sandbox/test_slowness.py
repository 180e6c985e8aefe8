"""Every stand-in can keep its caller waiting."""

import ssl

import httpx
import pytest

pytestmark = pytest.mark.usefixtures("no_leftovers")


def zoom(sandbox) -> tuple[str, str, dict]:
    account = sandbox.new_zoom("Slow")
    form = {"grant_type": "account_credentials", "account_id": account["id"]}
    return (
        account["id"],
        f"{sandbox.zoom_url}/oauth/token",
        {
            "data": form,
            "auth": (account["client_id"], account["client_secret"]),
        },
    )


def fireflies(sandbox) -> tuple[str, str, dict]:
    team = sandbox.new_team("Slow")
    headers = {"Authorization": f"Bearer {team['api_key']}"}
    return team["id"], sandbox.fireflies_url, {"json": {"query": "{ user { email } }"}, "headers": headers}


@pytest.mark.parametrize(("vendor", "call"), [("zoom", zoom), ("fireflies", fireflies)])
def test_a_slow_answer_once(sandbox, vendor, call):
    tenant, url, content = call(sandbox)
    sandbox.fault(vendor, tenant, "timeout", value=1)
    trust = ssl.create_default_context(cafile=sandbox.ca_path)

    with httpx.Client(verify=trust, trust_env=False) as client:
        with pytest.raises(httpx.ReadTimeout):
            client.post(url, timeout=0.4, **content)
        assert client.post(url, **content).status_code == 200
