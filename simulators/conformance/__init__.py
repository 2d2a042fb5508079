"""The conformance kit: does a device, or any MQTT client, keep the device protocol?"""
