#!/bin/sh
virtctl -n lab image-upload pvc installer --size=8Gi --image-path=i.iso
