"""Make the private bucket unless it is there. Runs once before web and workers start."""

import os

import boto3
from botocore.exceptions import ClientError


def main() -> None:
    store = boto3.client(
        "s3",
        endpoint_url=os.environ["S3_ENDPOINT_URL"],
        aws_access_key_id=os.environ["S3_ACCESS_KEY"],
        aws_secret_access_key=os.environ["S3_SECRET_KEY"],
        region_name=os.environ.get("S3_REGION", "us-east-1"),
    )
    try:
        store.create_bucket(Bucket=os.environ["S3_BUCKET"])
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("BucketAlreadyOwnedByYou", "BucketAlreadyExists"):
            raise


if __name__ == "__main__":
    main()
