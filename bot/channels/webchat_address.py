"""Whose request this is, behind proxies too: the address that is counted, never kept."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from aiohttp import web

Proxies = Sequence[IPv4Network | IPv6Network]
# Who has one IPv6 address has all of its /64.
SHARED_BITS = 64


def address_of(request: web.Request, proxies: Proxies) -> str:
    """The address that a request counts for; "" where it has none.

    Anybody can write X-Forwarded-For; only what one of our own `proxies` added is true. So it is
    read from the right, as far as the hop before is one of ours.
    """
    written = ",".join(request.headers.getall("X-Forwarded-For", ())).split(",")
    nearest: IPv4Address | IPv6Address | None = None
    for hop in (request.remote or "", *reversed(written)):
        found = _read(hop)
        if found is None:
            break
        nearest = found
        if not any(found in network for network in proxies):
            break
    return "" if nearest is None else _shared(nearest)


def _read(hop: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(hop.strip())
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def _shared(address: IPv4Address | IPv6Address) -> str:
    if isinstance(address, IPv4Address):
        return str(address)
    return str(IPv6Network((int(address), SHARED_BITS), strict=False))
