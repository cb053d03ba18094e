"""Charge points of mobilityhouse's library: charge_points.py ENDPOINT COUNT. Half speak OCPP 1.6 and half 2.0.1; messages are checked."""

import asyncio
import json
import sys

import ocpp.v16
import ocpp.v16.call
import ocpp.v201
import ocpp.v201.call
import websockets

KINDS = (
    ('ocpp1.6', ocpp.v16.ChargePoint, ocpp.v16.call, {'charge_point_model': 'Model', 'charge_point_vendor': 'Vendor'}),
    (
        'ocpp2.0.1',
        ocpp.v201.ChargePoint,
        ocpp.v201.call,
        {'charging_station': {'model': 'Model', 'vendor_name': 'Vendor'}, 'reason': 'PowerUp'},
    ),
)


async def one(endpoint, number, heard):
    protocol, kind, call, boot = KINDS[number % len(KINDS)]
    identity = f'OTHER-{number}'
    async with websockets.connect(f'{endpoint}/{identity}', subprotocols=[protocol]) as socket:
        point = kind(identity, socket)
        listening = asyncio.create_task(point.start())
        answer = await point.call(call.BootNotification(**boot), suppress=False)
        beat = await point.call(call.Heartbeat(), suppress=False)
        listening.cancel()
        if beat.current_time:
            key = f'{protocol} {answer.status}'
            heard[key] = heard.get(key, 0) + 1


async def main(endpoint, count):
    heard = {}
    await asyncio.gather(*(one(endpoint, number, heard) for number in range(int(count))))
    print(json.dumps(heard))


asyncio.run(main(*sys.argv[1:]))
